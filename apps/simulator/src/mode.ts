import { z } from "zod";

export const MAX_DELAY_MS = 600_000;

/** Also takes what a query string says. */
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

/** What goes for a mode goes for the windows of an outage too. */
export const modeFields = {
  /** How long `slow` takes; SIMULATOR_SLOW_MS where it is not given. */
  delay_ms: z.coerce.number().int().min(0).max(MAX_DELAY_MS).optional(),
  /** Whether `reset` and `hang` strike only once the work is done: the money may have moved. */
  executes: flag.optional(),
};

/**
 * How the whole provider behaves: `up` as usual; `slow` does the work at once and answers late; `down`, `rate_limited`
 * and `unauthorized` do nothing and answer 503, 429 and 401; `reset` tears the connection down and `hang` never answers.
 */
export const modeSchema = z.strictObject({
  mode: z.enum(["up", "slow", "down", "rate_limited", "unauthorized", "reset", "hang"]),
  ...modeFields,
});

export type Mode = z.infer<typeof modeSchema>;
