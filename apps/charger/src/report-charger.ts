import { randomUUID } from "node:crypto";
import { CHARGER_REPORT_INTERVAL_MS, reportCharger, withdrawCharger } from "@payonce/db/operations";
import { describeError, type Logger } from "@payonce/service";
import type pg from "pg";
import type { BreakerState } from "./breaker.ts";

/** Tells the operators, through Postgres, that this charger is alive and what its breaker does. */
export function startReporting(pool: pg.Pool, version: string, logger: Logger) {
  const report = {
    id: randomUUID(),
    version,
    breaker: "closed" as BreakerState,
    breakerSince: new Date(),
    startedAt: new Date(),
  };
  const send = () =>
    reportCharger(pool, report).catch((error) => logger.debug({ error: describeError(error) }, "could not report"));
  void send();
  const timer = setInterval(send, CHARGER_REPORT_INTERVAL_MS);
  return {
    breakerChanged(state: BreakerState): void {
      report.breaker = state;
      report.breakerSince = new Date();
      void send();
    },
    /** A report that cannot be taken back, because Postgres is away, ages by itself. */
    async close(): Promise<void> {
      clearInterval(timer);
      await withdrawCharger(pool, report.id).catch(() => {});
    },
  };
}
