import { parseArgs } from "node:util";
import { CONTESTANT_NAMES, type ContestantName } from "./contestants/contestant.ts";

export const SCENARIOS = ["burst", "steady", "backlog", "flood", "growth"] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface BenchArguments {
  scenarios: ScenarioName[];
  only: ContestantName[];
  /** Undefined for as many as quick or not quick has. */
  rounds: number | undefined;
  isQuick: boolean;
  /** Of growth: with ten million payments as well. */
  isFull: boolean;
}

export const USAGE = `npm run bench -- [--quick] [--scenario LIST] [--only LIST] [--rounds <1 to 20>] [--full]

  --quick      one round and no burst of 50,000: three minutes instead of twenty
  --scenario   what is measured, separated by commas (default burst,steady):
                 burst    how many are accepted and settled a second, CPU, memory, bytes
                 steady   from acceptance to result, at 50 a second and at half of what the burst has shown
                 backlog  100,000 payments waiting while Payonce's relay was away: how fast that drains
                 flood    three times what Payonce can take, for a minute: what it answers, and its memory
                 growth   Payonce's burst with 10,000 and with 1,000,000 payments in the tables
  --only       contestants, separated by commas: ${CONTESTANT_NAMES.join(", ")}
  --rounds     of each contestant, in alternation (default 3, with --quick 1)
  --full       growth with 10,000,000 payments as well: nine minutes, and some 20 GB of disk`;

/**
 * @returns "help" where that was asked for
 * @throws with a line that names the option and what it may be
 */
export function readBenchArguments(args: readonly string[]): BenchArguments | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      scenario: { type: "string", default: "burst,steady" },
      only: { type: "string", default: CONTESTANT_NAMES.join(",") },
      rounds: { type: "string" },
      full: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  return {
    scenarios: choose("--scenario", values.scenario, SCENARIOS),
    only: choose("--only", values.only, CONTESTANT_NAMES),
    rounds: values.rounds === undefined ? undefined : readNumber("--rounds", values.rounds, 1, 20),
    isQuick: values.quick,
    isFull: values.full,
  };
}

/** In the order of `all`, each once. */
function choose<Name extends string>(option: string, list: string, all: readonly Name[]): Name[] {
  const names = list.split(",").filter((name) => name !== "");
  const unknown = names.find((name) => !(all as readonly string[]).includes(name));
  if (unknown !== undefined || names.length === 0)
    throw new Error(`${option} ${unknown === undefined ? "is empty" : `knows no "${unknown}"`}: ${all.join(", ")}`);
  return all.filter((name) => names.includes(name));
}

function readNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new Error(`${name} must be a whole number from ${least} to ${most}`);
}
