import { readOutboxBacklog } from "@payonce/db";
import type pg from "pg";
import { Counter, Gauge, type Registry } from "prom-client";
import type { Purged } from "./purge.ts";

export function registerMetrics(registry: Registry, pool: pg.Pool) {
  const registers = [registry];
  const oldest = new Gauge({
    name: "payonce_outbox_oldest_age_seconds",
    help: "Age of the oldest row that is not yet published",
    registers,
  });
  new Gauge({
    name: "payonce_outbox_depth",
    help: "Rows that are not yet published",
    registers,
    async collect() {
      const { depth, oldestAgeSeconds } = await readOutboxBacklog(pool);
      this.set(depth);
      oldest.set(oldestAgeSeconds);
    },
  });
  const purged = new Counter({
    name: "payonce_purged_total",
    help: "What was forgotten because it is older than it has to be kept",
    labelNames: ["what"],
    registers,
  });
  return {
    published: new Counter({ name: "payonce_outbox_published_total", help: "Rows published to Redis", registers }),
    dispatchedAgain: new Counter({
      name: "payonce_sweep_dispatched_total",
      help: "Payments whose job was lost and made anew",
      registers,
    }),
    notePurged({ providerEvents, timelineRows, evidence }: Purged) {
      purged.inc({ what: "provider_events" }, providerEvents);
      purged.inc({ what: "timeline_rows" }, timelineRows);
      purged.inc({ what: "evidence" }, evidence);
    },
  };
}
