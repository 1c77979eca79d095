import type { Target } from "../contestants/contestant.ts";

/**
 * What a generator is asked to send.
 *
 * `opensFirst`: every connection is open, and known to the server, before the first payment is sent, as those of a load balancer
 * are. Otherwise they are opened as they are needed.
 */
export type LoadOrder = { target: Target; keyPrefix: string } & (
  | { kind: "closed"; connections: number; amount: number }
  | { kind: "closed"; connections: number; seconds: number }
  | { kind: "paced"; ratePerSecond: number; seconds: number; maxConnections: number; opensFirst?: boolean }
);

/** What came of it. */
export interface LoadReport {
  /** Requests by the status of their answer. */
  answers: Record<string, number>;
  /** Requests that got no answer, by what became of their connection. */
  errors: Record<string, number>;
  /** Of a paced run: requests that were due and found every connection in use. */
  unsent: number;
  /** Answers of 503 that do not say when to come again. */
  silentRefusals: number;
  durationMs: number;
  latencyMs: { p50: number; p99: number };
}

export function acceptedOf({ answers }: LoadReport): number {
  return answers["202"] ?? 0;
}

export function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
