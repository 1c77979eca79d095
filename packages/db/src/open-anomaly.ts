import { type Evidence, newId } from "@payonce/domain";
import type pg from "pg";

export interface AnomalyReport {
  /** What contradicts what, such as `charged_though_declined`. */
  kind: string;
  /** Null for a charge that has no payment here. */
  paymentId: string | null;
  providerObjectId: string | null;
  evidence: readonly Evidence[] | Record<string, unknown>;
}

const OPEN = `
WITH i AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb)
    AS r(id text, kind text, "paymentId" text, "providerObjectId" text, evidence jsonb)
), n AS (
  INSERT INTO anomalies (id, kind, payment_id, provider_object_id, evidence)
  SELECT id, kind, "paymentId", "providerObjectId", evidence FROM i ORDER BY "providerObjectId", kind
  ON CONFLICT DO NOTHING RETURNING payment_id, kind
), t AS (
  INSERT INTO timeline (payment_id, version, kind, code)
  SELECT p.id, p.version, 'anomaly', n.kind FROM n JOIN payments p ON p.id = n.payment_id
  ON CONFLICT DO NOTHING
)
SELECT count(*)::int AS opened FROM n`;

/**
 * Records that the evidence contradicts what we hold to be true. Changes nothing else: a person looks.
 *
 * @returns how many were opened; the others are open already
 */
export async function openAnomalies(db: pg.Pool | pg.PoolClient, reports: readonly AnomalyReport[]): Promise<number> {
  if (reports.length === 0) return 0;
  const values = [JSON.stringify(reports.map((report) => ({ id: newId("ano"), ...report })))];
  const { rows } = await db.query<{ opened: number }>({ name: "open-anomalies", text: OPEN, values });
  return rows[0]?.opened ?? 0;
}

/** @returns false when the same contradiction is open already; see `openAnomalies` */
export async function openAnomaly(db: pg.Pool | pg.PoolClient, report: AnomalyReport): Promise<boolean> {
  return (await openAnomalies(db, [report])) === 1;
}
