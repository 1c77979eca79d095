import { expect, test } from "@jest/globals";
import type { SideResult, SideRun } from "./run-side.ts";
import { showProgress } from "./show-progress.ts";

/** A run whose progress was asked for so often before it ends. */
function runOf(name: string, looks: number): SideRun {
  let end = (_result: SideResult) => {};
  let done = 0;
  return {
    result: new Promise((resolve) => {
      end = resolve;
    }),
    async progress() {
      done++;
      if (done === looks) end({} as SideResult);
      const soFar = { charges: done, chargedTwice: 1, surplusMinor: 4200 };
      return { name, done, soFar, crashes: 1, isSettled: false };
    },
  };
}

async function shown(isTTY: boolean, columns = 200): Promise<string> {
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  await showProgress([runOf("Naive service", 2), runOf("Payonce", 2)], 3, { isTTY, columns, write });
  return written.join("");
}

test("rewrites its two lines on a terminal", async () => {
  const written = await shown(true);
  expect(written.split("\x1b[2A")).toHaveLength(3);
  expect(written).toMatch(/Payonce +█+ 3\/3 · 1 charged twice: €42\.00 · 1 crash · finishing\n$/);
});

test("cuts its lines to the terminal's width: a wrapped one could not be rewritten", async () => {
  const written = await shown(true, 40);
  const lines = written.split("\n").map((line) => line.split("\x1b[2K").at(-1) ?? "");
  expect(Math.max(...lines.map(({ length }) => length))).toBe(39);
});

test("writes plain lines elsewhere, and always the last ones", async () => {
  const written = await shown(false);
  expect(written).not.toContain("\x1b");
  expect(written).toMatch(/^ {2}Naive service █+ 3\/3.*\n {2}Payonce +█+ 3\/3.*\n$/);
});
