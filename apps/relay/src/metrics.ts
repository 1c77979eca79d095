import { readOutboxBacklog } from "@payonce/db";
import type pg from "pg";
import { Counter, Gauge, type Registry } from "prom-client";

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
  return {
    published: new Counter({ name: "payonce_outbox_published_total", help: "Rows published to Redis", registers }),
    dispatchedAgain: new Counter({
      name: "payonce_sweep_dispatched_total",
      help: "Payments whose job was lost and made anew",
      registers,
    }),
  };
}
