import { z } from "zod";
import { MAX_DELAY_MS } from "./mode.ts";
import { DEFAULT_SECRET, type WebhookEndpoint, webhookUrl } from "./webhooks/webhook-settings.ts";

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
  SIMULATOR_ACCOUNT_ID: z
    .string()
    .regex(/^acct_\w{1,100}$/, { error: "must be an account id; set for example acct_simulator" })
    .default("acct_simulator"),
  /** Where webhooks go; without it none are sent. */
  SIMULATOR_WEBHOOK_URL: webhookUrl.nullable().default(null),
  SIMULATOR_WEBHOOK_SECRET: z.string().default(DEFAULT_SECRET),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(", ")}; set for example info` })
    .default("info"),
});

export type Config = {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly slowMs: number;
  readonly accountId: string;
  readonly webhookEndpoint: WebhookEndpoint;
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
  const { data } = parsed;
  return {
    ok: true,
    config: {
      port: data.PORT,
      host: data.HOST,
      dataDir: data.SIMULATOR_DATA_DIR,
      slowMs: data.SIMULATOR_SLOW_MS,
      accountId: data.SIMULATOR_ACCOUNT_ID,
      webhookEndpoint: { url: data.SIMULATOR_WEBHOOK_URL, secret: data.SIMULATOR_WEBHOOK_SECRET },
      logLevel: data.LOG_LEVEL,
    },
  };
}
