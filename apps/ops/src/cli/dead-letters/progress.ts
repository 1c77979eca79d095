import type { BulkRun } from "@payonce/db/operations";
import type { Output } from "../terminal/terminal.ts";
import { describeAge } from "../terminal/words.ts";

/** Where nobody watches, in a log, a line so often. */
const LINE_EVERY_MS = 10_000;

/** Shows how far a run is: one line that changes at a terminal, now and then a line elsewhere. */
export function createProgress(output: Output) {
  let shownAt = performance.now();
  let isLineOpen = false;
  return {
    show({ total, left, ratePerSecond }: BulkRun): void {
      const done = total - left;
      const text = `${done.toLocaleString("en")} of ${total.toLocaleString("en")}, about ${describeAge(left / ratePerSecond)} to go`;
      if (output.isTTY) {
        output.write(`\r\x1b[K${text}`);
        isLineOpen = true;
      } else if (performance.now() - shownAt >= LINE_EVERY_MS) {
        output.write(`${text}\n`);
        shownAt = performance.now();
      }
    },
    clear(): void {
      if (isLineOpen) output.write("\r\x1b[K");
      isLineOpen = false;
    },
  };
}
