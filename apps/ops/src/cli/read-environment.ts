import { databaseUrl, redisPrefix, redisUrl, webhookSecretKeys } from "@payonce/service";
import { z } from "zod";
import { withLocalStack } from "./local-stack.ts";
import { UsageError } from "./usage-error.ts";

const schemas = {
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  REDIS_PREFIX: redisPrefix,
  STRIPE_API_BASE: z
    .url({ protocol: /^https?$/, error: "must be an http:// or https:// url" })
    .default("https://api.stripe.com"),
  /** Not needed by what only asks Postgres. */
  STRIPE_API_KEY: z.string().optional(),
  /** Only to see whether it opens what is stored. */
  WEBHOOK_SECRET_KEY: webhookSecretKeys.optional(),
};

type Name = keyof typeof schemas;

/**
 * Reads one variable, so that a command asks only for what it needs.
 *
 * @throws UsageError that names the variable and what it must be; never what it is, which may be a password
 */
export function readEnvironment<N extends Name>(env: NodeJS.ProcessEnv, name: N): z.output<(typeof schemas)[N]> {
  const value = withLocalStack(env)[name];
  const result = schemas[name].safeParse(value === "" ? undefined : value);
  if (result.success) return result.data as z.output<(typeof schemas)[N]>;
  if (value) throw new UsageError(`${name} ${result.error.issues[0]?.message}.`);
  throw new UsageError(
    `${name} is not set, and no local stack is running (PAYONCE_HOME says where one keeps its stack.json).\n` +
      `Set ${name} to that of the system to work on, or start a local one with npm start.`,
  );
}
