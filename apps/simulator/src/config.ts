import { z } from "zod";
import { MAX_DELAY_MS } from "./mode.ts";

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const MAX_PORT = 65_535;

function wholeNumber(max: number, example: number) {
  const error = `must be a whole number from 0 to ${max}; set for example ${example}`;
  return z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) <= max, { error })
    .transform(Number);
}

const schema = z.object({
  /** 0 takes a free port. */
  PORT: wholeNumber(MAX_PORT, 3002).default(3002),
  HOST: z.string().default("127.0.0.1"),
  /** Relative to the working directory. */
  SIMULATOR_DATA_DIR: z.string().default(".payonce/simulator"),
  SIMULATOR_SLOW_MS: wholeNumber(MAX_DELAY_MS, 1500).default(1500),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(", ")}; set for example info` })
    .default("info"),
});

export type Config = {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly slowMs: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
};

type ReadConfig = { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problem: string };

/** Reads the configuration from environment variables. An empty one counts as not set, as compose files pass it. */
export function readConfig(env: NodeJS.ProcessEnv): ReadConfig {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(set);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name}=${JSON.stringify(set[name])} ${message}`;
    });
    return { ok: false, problem: problems.join("; ") };
  }
  const { PORT, HOST, SIMULATOR_DATA_DIR, SIMULATOR_SLOW_MS, LOG_LEVEL } = parsed.data;
  return {
    ok: true,
    config: { port: PORT, host: HOST, dataDir: SIMULATOR_DATA_DIR, slowMs: SIMULATOR_SLOW_MS, logLevel: LOG_LEVEL },
  };
}
