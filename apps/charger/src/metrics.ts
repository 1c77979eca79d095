import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { BreakerState } from "./breaker.ts";
import type { ChargeResult } from "./charge-payment.ts";
import type { RefundResult } from "./refunds/refund-payment.ts";

export function registerMetrics(registry: Registry) {
  const registers = [registry];
  const durations = new Histogram({
    name: "payonce_attempt_duration_seconds",
    help: "Time from claim to settle, by what became of the payment",
    labelNames: ["status"],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const refundDurations = new Histogram({
    name: "payonce_refund_attempt_duration_seconds",
    help: "Time from claim to settle of a refund, by what became of it",
    labelNames: ["status"],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const breaker = new Gauge({
    name: "payonce_provider_breaker_state",
    help: "1 for the state the breaker to the provider is in",
    labelNames: ["state"],
    registers,
  });
  const setBreaker = (current: BreakerState) => {
    for (const state of ["closed", "open", "half_open"] as const) breaker.set({ state }, state === current ? 1 : 0);
  };
  setBreaker("closed");
  return {
    breakerState: { set: setBreaker },
    observeAttempt(result: ChargeResult, durationMs: number) {
      durations.observe({ status: result === "lost" ? "lost" : result.status }, durationMs / 1_000);
    },
    observeRefund(result: RefundResult, durationMs: number) {
      refundDurations.observe({ status: result === "lost" ? "lost" : result.status }, durationMs / 1_000);
    },
    jobsAtOnce: new Gauge({
      name: "payonce_charges_at_once",
      help: "So many payments may be worked on at once; fewer than set when the provider says that there are too many",
      registers,
    }),
    accountDiffers: new Counter({
      name: "payonce_provider_account_differs_total",
      help: "Attempts at payments of another provider account, to which nothing was sent: an alarm",
      registers,
    }),
    keyRefused: new Counter({
      name: "payonce_provider_key_refused_total",
      help: "Provider calls turned away because of our API key: an alarm",
      registers,
    }),
  };
}
