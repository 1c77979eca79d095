import { z } from "zod";

export const MAX_DELAY_MS = 600_000;

/**
 * How the whole provider behaves: `up` as usual; `down` answers 503 and does nothing; `slow` does the work at once but
 * answers after `delay_ms`, or SIMULATOR_SLOW_MS where that is not given.
 */
export const modeSchema = z.strictObject({
  mode: z.enum(["up", "down", "slow"]),
  delay_ms: z.coerce.number().int().min(0).max(MAX_DELAY_MS).optional(),
});

export type Mode = z.infer<typeof modeSchema>;
