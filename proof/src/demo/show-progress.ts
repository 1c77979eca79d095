import { setTimeout as delay } from "node:timers/promises";
import type { SideProgress, SideRun } from "./run-side.ts";

const barWidth = 24;
const redrawMs = 400;
/** Where lines cannot be rewritten. */
const lineEveryMs = 5000;

export interface Screen {
  isTTY: boolean;
  write(text: string): void;
}

/** Shows the runs side by side until all are over: lines that update in place on a terminal, else one every five seconds. */
export async function showProgress(runs: readonly SideRun[], customers: number, screen: Screen): Promise<void> {
  let isOver = false;
  const over = Promise.allSettled(runs.map(({ result }) => result)).then(() => {
    isOver = true;
  });
  let drawn = 0;
  let lastLineAtMs = Date.now();
  const draw = async (isLast: boolean) => {
    const lines = (await Promise.all(runs.map((run) => run.progress()))).map((side) => describe(side, customers));
    if (screen.isTTY) {
      const up = drawn === 0 ? "" : `\x1b[${drawn}A`;
      screen.write(`${up}${lines.map((line) => `\r\x1b[2K${line}\n`).join("")}`);
      drawn = lines.length;
    } else if (isLast || Date.now() - lastLineAtMs > lineEveryMs) {
      lastLineAtMs = Date.now();
      screen.write(`${lines.join("\n")}\n`);
    }
  };
  while (!isOver) {
    await draw(false);
    await Promise.race([delay(redrawMs), over]);
  }
  await draw(true);
}

function describe({ name, done, charges, chargedTwice, crashes, isSettled }: SideProgress, customers: number): string {
  const filled = Math.round((done / customers) * barWidth);
  const bar = `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
  const what = [
    `${done}/${customers} customers`,
    `${charges} charges`,
    `${chargedTwice} charged twice`,
    `${crashes} ${crashes === 1 ? "crash" : "crashes"}`,
    ...(done === customers && !isSettled ? ["finishing"] : []),
  ];
  return `  ${name.padEnd(14)} ${bar} ${what.join(" · ")}`;
}
