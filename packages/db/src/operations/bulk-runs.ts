import { newId } from "@payonce/domain";
import type pg from "pg";
import { type Actor, appendAudit, withAudit } from "./audit.ts";
import { type DeadLetterFilter, deadLetterConditions } from "./dead-letter-filter.ts";

/** Which dead letters a run is about: these, or those that match. */
export type BulkSelection = { ids: readonly string[] } | { filter: DeadLetterFilter };

/** A run over many dead letters in the background. Its payments are fixed when it starts. */
export interface BulkRun {
  id: string;
  actor: string;
  via: Actor["via"];
  reason: string;
  selection: BulkSelection;
  ratePerSecond: number;
  total: number;
  status: "running" | "aborted" | "finished";
  createdAt: Date;
  endedAt: Date | null;
  retried: number;
  /** Left alone, because they had changed since the run was started. */
  changed: number;
  notDeadLettered: number;
  left: number;
}

/** What a run would be about: all of it, and those of which it is unknown whether money moved. */
export interface SelectionCount {
  count: number;
  outcomeUnknown: number;
}

function conditionsOf(selection: BulkSelection, firstParameter: number) {
  if ("filter" in selection) return deadLetterConditions(selection.filter, firstParameter);
  const sql = `p.status = 'dead_lettered' AND p.id = ANY($${firstParameter}::text[])`;
  return { sql, values: [[...selection.ids]] };
}

/** Counts and changes nothing: the dry run. */
export async function countSelection(pool: pg.Pool, selection: BulkSelection): Promise<SelectionCount> {
  const { sql, values } = conditionsOf(selection, 1);
  const { rows } = await pool.query<SelectionCount>(
    `SELECT count(*)::int AS count, (count(*) FILTER (WHERE p.outcome_unknown))::int AS "outcomeUnknown"
     FROM payments p WHERE ${sql}`,
    values,
  );
  return rows[0] ?? { count: 0, outcomeUnknown: 0 };
}

export interface BulkRunRequest {
  selection: BulkSelection;
  reason: string;
  ratePerSecond: number;
  /** As the dry run said. When it is another number by now, nothing is started. */
  expectedCount: number;
}

/** Fixes which payments a run is about, and starts it; `runBulkBatch` does the work. */
export function startBulkRun(
  pool: pg.Pool,
  actor: Actor,
  { selection, reason, ratePerSecond, expectedCount }: BulkRunRequest,
): Promise<{ result: "started"; id: string; total: number } | { result: "count_changed"; count: number }> {
  return withAudit(pool, async (client) => {
    const id = newId("blk");
    const { sql, values } = conditionsOf(selection, 9);
    const run = [id, actor.operatorId, actor.name, actor.via, reason, JSON.stringify(selection), ratePerSecond];
    // One statement, so one look at the table: what is counted is what is taken.
    const { rows } = await client.query<{ count: number }>(
      `WITH s AS MATERIALIZED (
         SELECT p.id, p.version FROM payments p WHERE ${sql}
       ), r AS (
         INSERT INTO bulk_runs (id, operator_id, actor, via, action, reason, selection, rate_per_second, total)
         SELECT $1, $2, $3, $4, 'retry', $5, $6, $7, $8::int WHERE $8::int = (SELECT count(*) FROM s) RETURNING id
       ), i AS (
         INSERT INTO bulk_run_items (bulk_run_id, payment_id, version) SELECT r.id, s.id, s.version FROM s, r
       )
       SELECT count(*)::int AS count FROM s`,
      [...run, expectedCount, ...values],
    );
    const count = rows[0]?.count ?? 0;
    if (count !== expectedCount) return { result: "count_changed", count };
    const after = { total: count, rate_per_second: ratePerSecond, selection };
    await appendAudit(client, actor, [
      { action: "start_bulk_run", target: id, bulkRunId: id, reason, before: null, after },
    ]);
    return { result: "started", id, total: count };
  });
}

/** Stops a run that is running, or goes on with one that was stopped. What was retried stays retried. */
export function changeBulkRun(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  to: "aborted" | "running",
  reason: string,
): Promise<"changed" | "not_in_that_state" | "not_found"> {
  const from = to === "aborted" ? "running" : "aborted";
  return withAudit(pool, async (client) => {
    // Waits for a batch that is under way: after this no payment is touched any more.
    const { rows } = await client.query<{ status: string }>("SELECT status FROM bulk_runs WHERE id = $1 FOR UPDATE", [
      id,
    ]);
    if (!rows[0]) return "not_found";
    if (rows[0].status !== from) return "not_in_that_state";
    await client.query(
      `UPDATE bulk_runs SET status = $2, next_batch_at = clock_timestamp(),
         ended_at = CASE WHEN $2 = 'aborted' THEN clock_timestamp() END WHERE id = $1`,
      [id, to],
    );
    const action = to === "aborted" ? "abort_bulk_run" : "resume_bulk_run";
    const entry = { action, target: id, bulkRunId: id, reason, before: { status: from }, after: { status: to } };
    await appendAudit(client, actor, [entry]);
    return "changed";
  });
}

// Of a run that is over, the index on what is left has nothing: the count by result reads the run's own rows only.
const READ = `
SELECT r.id, r.actor, r.via, r.reason, r.selection, r.rate_per_second AS "ratePerSecond", r.total, r.status,
  r.created_at AS "createdAt", r.ended_at AS "endedAt", i.retried, i.changed, i."notDeadLettered",
  r.total - i.retried - i.changed - i."notDeadLettered" AS left
FROM bulk_runs r CROSS JOIN LATERAL (
  SELECT (count(*) FILTER (WHERE result = 'retried'))::int AS retried,
    (count(*) FILTER (WHERE result = 'changed'))::int AS changed,
    (count(*) FILTER (WHERE result = 'not_dead_lettered'))::int AS "notDeadLettered"
  FROM bulk_run_items WHERE bulk_run_id = r.id
) i`;

export async function readBulkRun(pool: pg.Pool, id: string): Promise<BulkRun | null> {
  const { rows } = await pool.query<BulkRun>(`${READ} WHERE r.id = $1`, [id]);
  return rows[0] ?? null;
}

/** The newest first; `before` is the last id of the page before. */
export async function listBulkRuns(
  pool: pg.Pool,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<BulkRun[]> {
  const { rows } = await pool.query<BulkRun>(
    `${READ} WHERE $2::text IS NULL OR r.id < $2 ORDER BY r.id DESC LIMIT $1`,
    [limit, before ?? null],
  );
  return rows;
}
