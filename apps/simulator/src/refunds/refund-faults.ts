import { z } from "zod";
import type { Fault } from "../fault.ts";

/** How a request for a refund misbehaves, or what its bank makes of it. Each field is one decision. */
export type RefundFault = {
  /** One line for those who look for a fault. */
  readonly about: string;
  readonly call?: Omit<Fault, "on">;
  /** Where it begins, and how it ends 2 x SIMULATOR_SLOW_MS later. */
  readonly bank?: { readonly atFirst: "pending" | "succeeded"; readonly finally: "succeeded" | "failed" };
  /** The request waits where its client cannot see it, and is looked at only once that has left. */
  readonly isLate?: true;
  /** Strikes every refund of the PaymentIntent, and not only the first. */
  readonly always?: true;
};

function call(about: string, wrong: Partial<Fault>): RefundFault {
  return { about, call: { executes: true, reply: "truth", remembered: true, delivery: "at_once", ...wrong } };
}

export const REFUND_FAULTS = {
  timeout_executed: call("refunds, never answers", { delivery: "never" }),
  timeout_not_executed: call("never answers, refunds nothing", {
    executes: false,
    remembered: false,
    delivery: "never",
  }),
  reset_executed: call("refunds, tears the connection down", { delivery: "reset" }),
  slow: { ...call("refunds at once and answers after SIMULATOR_SLOW_MS", { delivery: "slowly" }), always: true },
  late: {
    ...call("never answers; refunds 1.5 x SIMULATOR_SLOW_MS after the client has left", {
      executes: false,
      remembered: false,
      delivery: "never",
    }),
    isLate: true,
  },
  "500_executed": call("refunds, answers 500 and replays it", { reply: "server_error" }),
  "500_stored": call("answers 500 and replays it, refunds nothing; another key refunds", {
    executes: false,
    reply: "server_error",
  }),
  "429": call("answers 429, refunds nothing; the same key refunds later", {
    executes: false,
    reply: "rate_limited",
    remembered: false,
  }),
  pending: {
    about: "pending, then succeeded after 2 x SIMULATOR_SLOW_MS",
    bank: { atFirst: "pending", finally: "succeeded" },
    always: true,
  },
  pending_failed: {
    about: "pending, then failed after 2 x SIMULATOR_SLOW_MS",
    bank: { atFirst: "pending", finally: "failed" },
    always: true,
  },
  late_failure: {
    about: "succeeded, then failed after 2 x SIMULATOR_SLOW_MS: the bank has sent it back",
    bank: { atFirst: "succeeded", finally: "failed" },
    always: true,
  },
} as const satisfies Record<string, RefundFault>;

export type RefundFaultName = keyof typeof REFUND_FAULTS;

const NAMES = Object.keys(REFUND_FAULTS) as [RefundFaultName, ...RefundFaultName[]];

/** The fault that the next so many refunds meet, whatever their card. */
export const nextRefundsSchema = z.strictObject({
  fault: z.enum(NAMES),
  times: z.int().min(1).max(100_000).default(1),
});

export type NextRefunds = z.infer<typeof nextRefundsSchema>;

/** Why a bank sends money back. */
export const FAILURE_REASON = "lost_or_stolen_card";

/** What each fault does, in a line. */
export function describeRefundFaults(): Record<string, string> {
  return Object.fromEntries(Object.entries(REFUND_FAULTS).map(([name, { about }]) => [name, about]));
}
