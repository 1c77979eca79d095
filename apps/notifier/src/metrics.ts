import { readWebhookBacklog } from "@payonce/db/webhooks";
import type pg from "pg";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { SentWebhook } from "./send/send-webhook.ts";

export function registerMetrics(registry: Registry, pool: pg.Pool) {
  const registers = [registry];
  const durations = new Histogram({
    name: "payonce_webhook_attempt_duration_seconds",
    help: "Time from looking a receiver up to the end of its answer, by what it came to",
    labelNames: ["outcome"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const delays = new Histogram({
    name: "payonce_webhook_delivery_delay_seconds",
    help: "Time from an event to the receiver having it",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600, 86_400, 259_200],
    registers,
  });
  const oldest = new Gauge({
    name: "payonce_webhook_outbox_oldest_age_seconds",
    help: "Age of the oldest event that has no deliveries yet: an alarm",
    registers,
  });
  const oldestDue = new Gauge({
    name: "payonce_webhook_oldest_due_seconds",
    help: "How long the most overdue delivery has been due",
    registers,
  });
  new Gauge({
    name: "payonce_webhook_outbox_depth",
    help: "Events that have no deliveries yet",
    registers,
    async collect() {
      const { depth, oldestAgeSeconds, oldestDueSeconds } = await readWebhookBacklog(pool);
      this.set(depth);
      oldest.set(oldestAgeSeconds);
      oldestDue.set(oldestDueSeconds);
    },
  });
  return {
    observeAttempt({ sent, sinceEventMs }: { sent: SentWebhook; sinceEventMs: number }) {
      const { outcome, durationMs } = sent;
      durations.observe({ outcome: outcome.kind === "failed" ? outcome.code : outcome.kind }, durationMs / 1_000);
      if (outcome.kind === "delivered") delays.observe(Math.max(0, sinceEventMs) / 1_000);
    },
    deadLetters: new Counter({
      name: "payonce_webhook_dead_letters_total",
      help: "Deliveries whose tries are spent",
      registers,
    }),
    disabled: new Counter({
      name: "payonce_webhook_endpoints_disabled_total",
      help: "Endpoints disabled because the receiver is gone, or nothing got through for days",
      labelNames: ["reason"],
      registers,
    }),
    dispatchedAgain: new Counter({
      name: "payonce_webhook_dispatched_again_total",
      help: "Deliveries whose job was lost and made anew",
      registers,
    }),
  };
}
