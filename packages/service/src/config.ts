import { z } from "zod";

/**
 * Reads a process's configuration from its environment. Ends the process with one line per mistake, naming the variable
 * and what it must be: a service that guesses its configuration is worse than one that does not start.
 *
 * @param exitCode for a command whose 1 means something else
 */
export function readConfig<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: NodeJS.ProcessEnv = process.env,
  exitCode = 1,
): z.output<z.ZodObject<Shape>> {
  // An empty variable means "not set", as in most tools that set them.
  const result = schema.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== "")));
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) {
    const name = path.join(".");
    console.error(
      `Configuration: ${name} ${env[name] ? message : "is required"}. See the configuration table in README.md.`,
    );
  }
  process.exit(exitCode);
}

/** A whole number given as text. */
export function whole(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,12}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

/** A schedule: waits in milliseconds, separated by commas. */
export function waits(defaultMs: readonly number[]) {
  return z
    .string()
    .regex(/^\d{1,10}(,\d{1,10}){0,49}$/, "must be 1 to 50 waits in milliseconds, separated by commas")
    .transform((list) => list.split(",").map(Number))
    .default([...defaultMs]);
}

/** What every process reads. */
export const serviceConfig = {
  HOST: z.string().default("127.0.0.1"),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"], "must be a pino level such as info")
    .default("info"),
  METRICS_PORT: whole(0, 65_535).default(0),
};

export const databaseUrl = z.string().regex(/^postgres(ql)?:\/\//, "must be a postgresql:// url");
export const redisUrl = z.string().regex(/^rediss?:\/\//, "must be a redis:// or rediss:// url");
/** Put before every Redis key, so that several systems can share one Redis. */
export const redisPrefix = z
  .string()
  .regex(/^[\w-]{1,40}$/, "must be 1 to 40 letters, digits, - or _")
  .default("payonce");

const boxKeys = "must be a key of 32 bytes in base64, as `openssl rand -base64 32` makes, or two separated by a comma";

/** What webhook endpoints' signing secrets are encrypted with. The first encrypts; the second still opens what it did. */
export const webhookSecretKeys = z
  .string(boxKeys)
  .regex(/^[A-Za-z0-9+/]{43}=(,[A-Za-z0-9+/]{43}=)?$/, boxKeys)
  .transform((list) => list.split(",").map((key) => Buffer.from(key, "base64")));
