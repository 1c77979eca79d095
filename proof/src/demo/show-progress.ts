import { setTimeout as delay } from "node:timers/promises";
import { euros } from "./result-table.ts";
import type { SideProgress, SideRun } from "./run-side.ts";

const barWidth = 12;
const redrawMs = 400;
/** Where lines cannot be rewritten. */
const lineEveryMs = 5000;

export interface Screen {
  isTTY?: boolean;
  /** How wide it is, where that is known. */
  columns?: number | undefined;
  write(text: string): unknown;
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
      // A line that wraps would be two to go up by.
      const fitting = lines.map((line) => line.slice(0, (screen.columns ?? 80) - 1));
      screen.write(`${up}${fitting.map((line) => `\r\x1b[2K${line}\n`).join("")}`);
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

function describe({ name, done, soFar, crashes, isSettled }: SideProgress, customers: number): string {
  const filled = Math.round((done / customers) * barWidth);
  const bar = `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
  const what = [
    `${done}/${customers}`,
    `${soFar.chargedTwice} charged twice: ${euros(soFar.surplusMinor)}`,
    `${crashes} ${crashes === 1 ? "crash" : "crashes"}`,
    ...(done === customers && !isSettled ? ["finishing"] : []),
  ];
  return `  ${name.padEnd(13)} ${bar} ${what.join(" · ")}`;
}
