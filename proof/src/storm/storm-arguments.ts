import { parseArgs } from "node:util";
import type { AppName } from "@payonce/stack";
import type { Fault } from "./faults/fault.ts";
import { chooseFaults } from "./faults/index.ts";
import { VISIT_KINDS } from "./traffic/plan-traffic.ts";
import type { VisitKind } from "./traffic/visit.ts";

export interface StormArguments {
  seed: string;
  seconds: number;
  faults: Fault[];
  ratePerSecond: number;
  quietLimitMs: number;
  visitKinds: VisitKind[];
  /** Over what the storm says to an app. */
  env: Partial<Record<AppName, Record<string, string>>>;
  isSmall: boolean;
  isQuiet: boolean;
  isJson: boolean;
}

export const USAGE = `Usage: npm run storm -- [--seed S] [--seconds N] [--faults LIST] [--rate N] [--visits LIST] [--rest N] [--set APP.NAME=VALUE]... [--small] [--quiet] [--json]

  --seed     what traffic and faults follow from; drawn where not given
  --seconds  how long it blows (60)
  --faults   names or groups, separated by commas; all, none, and -name for "not this one" (all)
  --rate     visitors a second (12)
  --visits   kinds of visitors, separated by commas (all)
  --rest     T: seconds after which everything must have come to rest (120)
  --set      a setting of an app, such as charger.PROVIDER_TIMEOUT_MS=300
  --small    fewer processes
  --quiet    says nothing of single faults
  --json     ends with one line of JSON`;

/** @throws with what is wrong and the usage */
export function readStormArguments(args: readonly string[]): StormArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string" },
      seconds: { type: "string", default: "60" },
      faults: { type: "string", default: "all" },
      rate: { type: "string", default: "12" },
      visits: { type: "string", default: "all" },
      rest: { type: "string", default: "120" },
      set: { type: "string", multiple: true, default: [] },
      small: { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  return {
    seed: values.seed ?? String(Math.floor(Math.random() * 1e9)),
    seconds: positive("seconds", values.seconds),
    faults: chooseFaults(split(values.faults)),
    ratePerSecond: positive("rate", values.rate),
    quietLimitMs: positive("rest", values.rest) * 1_000,
    visitKinds: chooseVisits(split(values.visits)),
    env: readSettings(values.set),
    isSmall: values.small,
    isQuiet: values.quiet,
    isJson: values.json,
  };
}

function split(list: string): string[] {
  return list.split(",").filter((name) => name !== "");
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0`);
  return value;
}

function chooseVisits(names: readonly string[]): VisitKind[] {
  const all = VISIT_KINDS.map(({ name }) => name);
  const unknown = names.find((name) => name !== "all" && !all.includes(name));
  if (unknown) throw new Error(`There is no kind of visitor "${unknown}". There are: ${all.join(", ")}.`);
  return VISIT_KINDS.filter(({ name }) => names.includes("all") || names.includes(name));
}

function readSettings(settings: readonly string[]): StormArguments["env"] {
  const env: StormArguments["env"] = {};
  for (const setting of settings) {
    const [, app, name, value] = /^([a-z]+)\.([A-Z_]+)=(.*)$/.exec(setting) ?? [];
    if (!app || !name || value === undefined) throw new Error(`--set ${setting} must be like relay.RELAY_POLL_MS=500`);
    env[app as AppName] = { ...env[app as AppName], [name]: value };
  }
  return env;
}
