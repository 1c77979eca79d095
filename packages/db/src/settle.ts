import type { Evidence, Settlement, Verdict } from "@payonce/domain";
import type pg from "pg";

export interface SettleRequest extends Settlement {
  attemptId: string;
  paymentId: string;
  /** As of the claim, or of the store after it. */
  version: number;
  outcome: Verdict["outcome"];
  /** What the attempt ran into; null when it succeeded. */
  code: string | null;
  evidence: readonly Evidence[];
  /** Opened with the settle, where the provider's object is not the payment we asked for. */
  anomaly: { id: string; kind: string; providerObjectId: string | null } | null;
}

// The attempt's outcome is kept also when the payment was lost to another; then the evidence wakes a second look. An attempt
// that is settled twice in one batch counts once.
const SETTLE = `
WITH i AS MATERIALIZED (
  SELECT DISTINCT ON ("attemptId") * FROM jsonb_to_recordset($1::jsonb) AS r("attemptId" text, "paymentId" text,
    version int, outcome text, code text, evidence jsonb, status text, "outcomeUnknown" bool, "waitMs" bigint,
    "failureCode" text, "deadLetterReason" text, anomaly jsonb) ORDER BY "attemptId"
), l AS MATERIALIZED (
  SELECT id FROM payments WHERE id IN (SELECT "paymentId" FROM i) ORDER BY id FOR UPDATE
), u AS (
  UPDATE payments p SET status = i.status, version = p.version + 1, outcome_unknown = i."outcomeUnknown",
    failure_code = i."failureCode", dead_letter_reason = i."deadLetterReason",
    next_action_at = clock_timestamp() + i."waitMs" * interval '1 ms', updated_at = clock_timestamp()
  FROM i, l WHERE p.id = i."paymentId" AND l.id = p.id AND p.version = i.version AND p.status = 'charging'
  RETURNING p.id, p.version, p.status, p.dispatch, i."attemptId", i.code
), a AS (
  UPDATE attempts x SET outcome = i.outcome, code = i.code, evidence = i.evidence, ended_at = clock_timestamp()
  FROM i WHERE x.id = i."attemptId" AND x.outcome IS NULL
), n AS (
  INSERT INTO anomalies (id, kind, payment_id, provider_object_id, evidence)
  SELECT anomaly->>'id', anomaly->>'kind', "paymentId", anomaly->>'providerObjectId', evidence
  FROM i WHERE jsonb_typeof(anomaly) = 'object' ON CONFLICT DO NOTHING
), t AS (
  INSERT INTO timeline (payment_id, version, kind, code) SELECT id, version, status, code FROM u
  UNION ALL SELECT u.id, u.version, 'anomaly', i.anomaly->>'kind' FROM u JOIN i USING ("attemptId")
  WHERE jsonb_typeof(i.anomaly) = 'object'
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch)
  SELECT CASE status WHEN 'dead_lettered' THEN 'dead_lettered' ELSE 'event' END, id, version, dispatch FROM u
  UNION ALL
  SELECT 'look_again', p.id, p.version, p.dispatch FROM i JOIN payments p ON p.id = i."paymentId"
  WHERE NOT EXISTS (SELECT 1 FROM u WHERE u."attemptId" = i."attemptId")
)
SELECT i."attemptId", u.version, (SELECT pg_notify('outbox', '') FROM i LIMIT 1) IS NOT NULL AS notified
FROM i LEFT JOIN u USING ("attemptId")`;

/**
 * Ends attempts: writes what each learned, and moves its payment on if the claim still holds.
 *
 * @returns for each attempt id the payment's new version, or null when the claim was lost: then the payment was not
 *   touched, the evidence is kept, and the payment is looked at again
 */
export async function settleAttempts(
  pool: pg.Pool,
  requests: readonly SettleRequest[],
): Promise<Map<string, number | null>> {
  const { rows } = await pool.query<{ attemptId: string; version: number | null }>({
    name: "settle",
    text: SETTLE,
    values: [JSON.stringify(requests)],
  });
  return new Map(rows.map(({ attemptId, version }) => [attemptId, version]));
}
