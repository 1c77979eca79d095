import { Counter, Histogram, type Registry } from "prom-client";
import type { ChargeResult } from "./charge-payment.ts";

export function registerMetrics(registry: Registry) {
  const registers = [registry];
  const durations = new Histogram({
    name: "payonce_attempt_duration_seconds",
    help: "Time from claim to settle, by what became of the payment",
    labelNames: ["status"],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  return {
    observeAttempt(result: ChargeResult, durationMs: number) {
      durations.observe({ status: result === "lost" ? "lost" : result.status }, durationMs / 1_000);
    },
    keyRefused: new Counter({
      name: "payonce_provider_key_refused_total",
      help: "Provider calls turned away because of our API key: an alarm",
      registers,
    }),
  };
}
