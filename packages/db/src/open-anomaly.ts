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
WITH n AS (
  INSERT INTO anomalies (id, kind, payment_id, provider_object_id, evidence) VALUES ($1, $2, $3, $4, $5::jsonb)
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
 * @returns false when the same contradiction is open already
 */
export async function openAnomaly(pool: pg.Pool, report: AnomalyReport): Promise<boolean> {
  const { kind, paymentId, providerObjectId, evidence } = report;
  const values = [newId("ano"), kind, paymentId, providerObjectId, JSON.stringify(evidence)];
  const { rows } = await pool.query<{ opened: number }>({ name: "open-anomaly", text: OPEN, values });
  return rows[0]?.opened === 1;
}
