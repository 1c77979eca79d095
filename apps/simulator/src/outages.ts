import { z } from "zod";
import { type Mode, modeFields } from "./mode.ts";
import { createSeededRandom } from "./seeded-random.ts";

const MAX_WINDOWS = 100;
const DAY_MS = 86_400_000;

const time = z.int().min(0).max(DAY_MS);

const windowSchema = z.strictObject({
  /** From the moment the script was sent. */
  after_ms: time,
  for_ms: time,
  mode: z.enum(["slow", "down", "rate_limited", "unauthorized", "reset", "hang", "flaky"]),
  /** The share of requests that is hit. */
  share: z.number().min(0).max(1).default(1),
  ...modeFields,
});

/** A script of bad spells. Where windows overlap, the first in the list that hits a request has it. */
export const outagesSchema = z.strictObject({
  seed: z.int().min(0).max(0xffff_ffff).default(1),
  windows: z.array(windowSchema).min(1).max(MAX_WINDOWS),
});

export type Outages = z.infer<typeof outagesSchema> & {
  /** ISO 8601, UTC. */
  readonly started_at: string;
};

type Window = z.infer<typeof windowSchema>;

type Options = { readonly outages: () => Outages | null; readonly now: () => Date };

/**
 * Draws what the outages do to one request; null where they leave it alone. The draws follow from the script's seed and
 * the order of the requests, and begin anew with a new script or a restart.
 */
export function createOutageDraw({ outages, now }: Options): () => Mode | null {
  let script: Outages | null = null;
  let random = createSeededRandom(0);

  return () => {
    const current = outages();
    if (current === null) return null;
    if (current !== script) {
      script = current;
      random = createSeededRandom(current.seed);
    }
    const sinceMs = now().getTime() - Date.parse(current.started_at);
    const hit = current.windows.find((window) => isOpen(window, sinceMs) && random() < window.share);
    return hit ? modeIn(hit, random) : null;
  };
}

/** Whether the window is open so long after the script's start. */
export function isOpen({ after_ms, for_ms }: Pick<Window, "after_ms" | "for_ms">, sinceMs: number): boolean {
  return sinceMs >= after_ms && sinceMs < after_ms + for_ms;
}

const FLAKY: readonly Mode[] = [
  { mode: "down" },
  { mode: "rate_limited" },
  { mode: "reset" },
  { mode: "reset", executes: true },
  { mode: "hang" },
  { mode: "hang", executes: true },
];

function modeIn({ mode, delay_ms, executes }: Window, random: () => number): Mode {
  if (mode === "flaky") return FLAKY[Math.floor(random() * FLAKY.length)] ?? { mode: "down" };
  return { mode, ...(delay_ms !== undefined && { delay_ms }), ...(executes !== undefined && { executes }) };
}
