import { newId } from "@payonce/domain";
import type pg from "pg";

/** A comparison of the provider's charges with our payments, as far as it got. */
export interface ReconciliationRun {
  id: string;
  /** Our payments made from, inclusive, to, exclusive. */
  periodFrom: Date;
  periodTo: Date;
  /** The provider's objects are listed up to here. */
  chargesTo: Date;
  providerAccount: string;
  /** Where the provider's list goes on; null at its start. */
  providerCursor: string | null;
  isProviderListed: boolean;
  /** The last of our payments that was compared; null before the first. */
  paymentCursor: string | null;
  startedAt: Date;
  finishedAt: Date | null;
  /** Charges the provider listed. */
  charges: number;
  /** Our succeeded payments of the period that were looked for among them. */
  payments: number;
  healing: number;
  anomalies: number;
}

export const RUN_COLUMNS = `id, period_from AS "periodFrom", period_to AS "periodTo", charges_to AS "chargesTo",
  provider_account AS "providerAccount", provider_cursor AS "providerCursor", is_provider_listed AS "isProviderListed",
  payment_cursor AS "paymentCursor", started_at AS "startedAt", finished_at AS "finishedAt", charges, payments, healing,
  anomalies`;

/** A run that nobody went on with for so long is given up: a new one compares anew. */
const GIVEN_UP = "started_at < clock_timestamp() - interval '7 days'";

const OPEN = `
WITH u AS (
  SELECT * FROM reconciliations WHERE finished_at IS NULL AND NOT is_scheduled AND NOT ${GIVEN_UP}
    AND period_from = $2 AND period_to = $3 AND provider_account = $5 ORDER BY started_at DESC LIMIT 1
), n AS (
  INSERT INTO reconciliations (id, period_from, period_to, charges_to, provider_account)
  SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT 1 FROM u) RETURNING *
)
SELECT ${RUN_COLUMNS} FROM (SELECT * FROM u UNION ALL SELECT * FROM n) r`;

export interface RunToOpen {
  periodFrom: Date;
  periodTo: Date;
  chargesTo: Date;
  providerAccount: string;
}

/** Goes on with the unfinished run of the same period and account, or begins one. Call it under the period's lock. */
export async function openReconciliation(session: pg.PoolClient, run: RunToOpen): Promise<ReconciliationRun> {
  await forgetAbandoned(session);
  const values = [newId("rec"), run.periodFrom, run.periodTo, run.chargesTo, run.providerAccount];
  const { rows } = await session.query<ReconciliationRun>({ text: OPEN, values });
  return rows[0] as ReconciliationRun;
}

// What was begun is finished first. The window reaches back to the end of the last one that finished, however long the
// provider or we were away. A system whose first payment is younger than the interval has nothing to compare yet.
const OPEN_SCHEDULED = `
WITH u AS (
  SELECT * FROM reconciliations WHERE finished_at IS NULL AND is_scheduled AND NOT ${GIVEN_UP}
    AND provider_account = $2 ORDER BY started_at LIMIT 1
), last AS (
  SELECT coalesce(max(started_at), (SELECT created_at FROM payments ORDER BY id LIMIT 1)) AS at,
    max(period_to) FILTER (WHERE finished_at IS NOT NULL) AS "comparedTo"
  FROM reconciliations WHERE is_scheduled
), n AS (
  INSERT INTO reconciliations (id, period_from, period_to, charges_to, provider_account, is_scheduled)
  SELECT $1, least(clock_timestamp() - $4 * interval '1 ms', "comparedTo"), clock_timestamp() - $5 * interval '1 ms',
    clock_timestamp() - $5 * interval '1 ms', $2, true
  FROM last WHERE at <= clock_timestamp() - $3 * interval '1 ms' AND NOT EXISTS (SELECT 1 FROM u) RETURNING *
)
SELECT ${RUN_COLUMNS} FROM (SELECT * FROM u UNION ALL SELECT * FROM n) r`;

export interface ReconciliationSchedule {
  intervalMs: number;
  /** How far back a run looks. */
  windowMs: number;
  /** How far from now it stops: what is younger is still being charged. */
  lagMs: number;
}

/**
 * The scheduled run that is due: the one that was begun, or a new one when the last was begun an interval ago. Call it
 * under the schedule's lock.
 *
 * @returns null when none is due
 */
export async function openScheduledReconciliation(
  session: pg.PoolClient,
  providerAccount: string,
  { intervalMs, windowMs, lagMs }: ReconciliationSchedule,
): Promise<ReconciliationRun | null> {
  await forgetAbandoned(session);
  const values = [newId("rec"), providerAccount, intervalMs, windowMs, lagMs];
  const { rows } = await session.query<ReconciliationRun>({ text: OPEN_SCHEDULED, values });
  return rows[0] ?? null;
}

/** Ends a run: what the provider listed is forgotten, what was found stays. */
export async function finishReconciliation(session: pg.PoolClient, id: string): Promise<ReconciliationRun> {
  await forgetSeen(session, "reconciliation_id = $1", [id]);
  const { rows } = await session.query<ReconciliationRun>(
    `UPDATE reconciliations SET finished_at = clock_timestamp() WHERE id = $1 RETURNING ${RUN_COLUMNS}`,
    [id],
  );
  return rows[0] as ReconciliationRun;
}

async function forgetAbandoned(session: pg.PoolClient): Promise<void> {
  await forgetSeen(
    session,
    `reconciliation_id IN (SELECT id FROM reconciliations WHERE finished_at IS NULL AND ${GIVEN_UP})`,
  );
}

/** In slices: a year of charges in one statement would take longer than a statement may. */
async function forgetSeen(session: pg.PoolClient, where: string, values: unknown[] = []): Promise<void> {
  const text = `DELETE FROM reconciliation_seen
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM reconciliation_seen WHERE ${where} LIMIT 20000))`;
  while (((await session.query({ text, values })).rowCount ?? 0) > 0);
}
