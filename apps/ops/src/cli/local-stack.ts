import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { UsageError } from "./usage-error.ts";

/** The repository's root: the same from src/ and from dist/. */
export const REPOSITORY_ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/** The one of the stack's secrets that a command needs; stacks of older versions have none. */
const secretsSchema = z.object({ webhookSecretKey: z.string() });

const stackSchema = z.object({ databaseUrl: z.string(), redisUrl: z.string(), simulatorUrl: z.string() });

function readStack(path: string): z.output<typeof stackSchema> {
  try {
    return stackSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    throw new UsageError(`${path} does not describe a stack. Set DATABASE_URL, or start one anew with npm start.`);
  }
}

function readWebhookSecretKey(home: string): string | undefined {
  try {
    return secretsSchema.parse(JSON.parse(readFileSync(join(home, "secrets.json"), "utf8"))).webhookSecretKey;
  } catch {
    // Another account's: the check that wants it says that it has none.
    return undefined;
  }
}

/**
 * The environment for a command that is run beside `npm start`: unless told which database to use, it works on the stack
 * that describes itself in `stack.json`. All of it comes from there, so that a real Stripe key or Redis in the shell is
 * never used together with the simulator's payments.
 */
export function withLocalStack(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const home = resolve(REPOSITORY_ROOT, env.PAYONCE_HOME || ".payonce");
  const path = join(home, "stack.json");
  if (env.DATABASE_URL || !existsSync(path)) return env;
  const { databaseUrl, redisUrl, simulatorUrl } = readStack(path);
  const { STRIPE_ACCOUNT, ...rest } = env;
  const webhookSecretKey = readWebhookSecretKey(home);
  return {
    ...rest,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    STRIPE_API_BASE: simulatorUrl,
    STRIPE_API_KEY: "sk_test_simulator",
    ...(webhookSecretKey && { WEBHOOK_SECRET_KEY: webhookSecretKey }),
  };
}
