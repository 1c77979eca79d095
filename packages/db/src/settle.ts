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
// that is settled twice in one batch counts once. What was asked for comes along with the lock, and those that moved are
// looked for in a hashed list: joined to each other, a batch would take time by its square.
const SETTLE = `
WITH i AS MATERIALIZED (
  SELECT DISTINCT ON ("attemptId") * FROM jsonb_to_recordset($1::jsonb) AS r("attemptId" text, "paymentId" text,
    version int, outcome text, code text, evidence jsonb, status text, "outcomeUnknown" bool, "waitMs" bigint,
    "failureCode" text, "deadLetterReason" text, anomaly jsonb) ORDER BY "attemptId"
), l AS MATERIALIZED (
  SELECT p.id, i.version, i."attemptId", i.status, i."outcomeUnknown", i."failureCode", i."deadLetterReason", i."waitMs",
    i.code, i.anomaly
  FROM i JOIN payments p ON p.id = i."paymentId" ORDER BY p.id FOR UPDATE OF p
), u AS (
  UPDATE payments p SET status = l.status, version = p.version + 1, outcome_unknown = l."outcomeUnknown",
    failure_code = l."failureCode", dead_letter_reason = l."deadLetterReason",
    next_action_at = clock_timestamp() + l."waitMs" * interval '1 ms', updated_at = clock_timestamp()
  FROM l WHERE p.id = l.id AND p.version = l.version AND p.status = 'charging'
  RETURNING p.id, p.version, p.status, p.dispatch, l."attemptId", l.code, l.anomaly
), a AS (
  UPDATE attempts x SET outcome = i.outcome, code = i.code, evidence = i.evidence, ended_at = clock_timestamp()
  FROM i WHERE x.id = i."attemptId" AND x.outcome IS NULL
), n AS (
  INSERT INTO anomalies (id, kind, payment_id, provider_object_id, evidence)
  SELECT anomaly->>'id', anomaly->>'kind', "paymentId", anomaly->>'providerObjectId', evidence
  FROM i WHERE jsonb_typeof(anomaly) = 'object' ON CONFLICT DO NOTHING
), t AS (
  INSERT INTO timeline (payment_id, version, kind, code) SELECT id, version, status, code FROM u
  UNION ALL SELECT id, version, 'anomaly', anomaly->>'kind' FROM u WHERE jsonb_typeof(anomaly) = 'object'
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch)
  SELECT CASE status WHEN 'dead_lettered' THEN 'dead_lettered' ELSE 'event' END, id, version, dispatch FROM u
  UNION ALL
  SELECT 'look_again', p.id, p.version, p.dispatch FROM i JOIN payments p ON p.id = i."paymentId"
  WHERE i."attemptId" NOT IN (SELECT "attemptId" FROM u)
)
SELECT u."attemptId", u.version, (SELECT pg_notify('outbox', '')) IS NOT NULL AS notified
FROM (VALUES (1)) at_least_one LEFT JOIN u ON true`;

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
  const { rows } = await pool.query<{ attemptId: string | null; version: number }>({
    name: "settle",
    text: SETTLE,
    values: [JSON.stringify(requests)],
  });
  const versions = new Map<string, number | null>(requests.map(({ attemptId }) => [attemptId, null]));
  for (const { attemptId, version } of rows) if (attemptId !== null) versions.set(attemptId, version);
  return versions;
}
