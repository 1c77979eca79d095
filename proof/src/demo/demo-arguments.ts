import { parseArgs } from "node:util";

export interface DemoArguments {
  seed: number;
  checkouts: number;
}

export const USAGE = `npm run demo -- [--seed <number>] [--checkouts <10 to 2000>]

  --seed        other customers, clicks and crashes; the same seed always plans the same ones (default 7)
  --checkouts   how many customers come (default 300)`;

/**
 * @returns "help" where that was asked for
 * @throws with a line that names the option and what it may be
 */
export function readDemoArguments(args: readonly string[]): DemoArguments | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: "7" },
      checkouts: { type: "string", default: "300" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  return {
    seed: readNumber("--seed", values.seed, 0, 2 ** 32 - 1),
    checkouts: readNumber("--checkouts", values.checkouts, 10, 2000),
  };
}

function readNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new Error(`${name} must be a whole number from ${least} to ${most}`);
}
