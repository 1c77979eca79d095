import type pg from "pg";
import { type Actor, withAudit } from "./audit.ts";
import { type RetryTarget, retryWithin } from "./retry.ts";

/** So many batches a second at the most: small ones let others in between, and an abort is felt at once. */
const BATCHES_PER_SECOND = 4;

interface DueRun {
  id: string;
  reason: string;
  ratePerSecond: number;
  operatorId: string | null;
  actor: string;
  via: Actor["via"];
}

// One runner for each run at a time, however many processes there are: the rate is the run's, not the process's.
const TAKE = `
SELECT id, reason, rate_per_second AS "ratePerSecond", operator_id AS "operatorId", actor, via FROM bulk_runs
WHERE status = 'running' AND next_batch_at <= clock_timestamp()
ORDER BY next_batch_at LIMIT 1 FOR UPDATE SKIP LOCKED`;

const NEXT_ITEMS = `
SELECT payment_id AS id, version FROM bulk_run_items
WHERE bulk_run_id = $1 AND result IS NULL ORDER BY payment_id LIMIT $2`;

const RECORD = `
UPDATE bulk_run_items i SET result = r.result FROM jsonb_to_recordset($2::jsonb) AS r(id text, result text)
WHERE i.bulk_run_id = $1 AND i.payment_id = r.id`;

/**
 * Retries the next few payments of a run whose time has come, with their entries in the audit log, in one transaction: a
 * process that dies in between has either done them or not.
 *
 * @returns how many payments were looked at, or null when no run is due
 */
export function runBulkBatch(pool: pg.Pool): Promise<number | null> {
  return withAudit(pool, async (client) => {
    const { rows: runs } = await client.query<DueRun>(TAKE);
    const [run] = runs;
    if (!run) return null;
    const size = Math.ceil(run.ratePerSecond / BATCHES_PER_SECOND);
    const { rows: items } = await client.query<RetryTarget>(NEXT_ITEMS, [run.id, size]);
    if (items.length === 0) {
      await client.query("UPDATE bulk_runs SET status = 'finished', ended_at = clock_timestamp() WHERE id = $1", [
        run.id,
      ]);
      return 0;
    }
    const actor = { operatorId: run.operatorId, name: run.actor, via: run.via };
    const results = await retryWithin(client, actor, items, { reason: run.reason, bulkRunId: run.id });
    const recorded = items.map(({ id }) => ({ id, result: results.get(id)?.result ?? "not_dead_lettered" }));
    await client.query(RECORD, [run.id, JSON.stringify(recorded)]);
    await client.query(
      "UPDATE bulk_runs SET next_batch_at = clock_timestamp() + $2::float8 * interval '1 s' WHERE id = $1",
      [run.id, items.length / run.ratePerSecond],
    );
    return items.length;
  });
}
