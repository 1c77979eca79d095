import type { Database } from "@payonce/db";
import { acceptOne, insertMerchant } from "@payonce/db/testing";
import { newId, type PaymentState } from "@payonce/domain";

/** What a page must show as text, wherever it comes from. */
export const HOSTILE = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;

interface Shape {
  status?: PaymentState;
  outcomeUnknown?: boolean;
  /** False for one that never reached the provider. */
  hasObject?: boolean;
  reason?: string;
  cancelRequested?: boolean;
}

/** A payment in a state, without what led there. */
export async function insertPayment(
  db: Database,
  {
    status = "queued",
    outcomeUnknown = status === "unknown",
    hasObject = true,
    reason,
    cancelRequested = false,
  }: Shape = {},
): Promise<string> {
  const id = await acceptOne(db, await insertMerchant(db));
  await db.pool.query(
    `UPDATE payments SET status = $2, outcome_unknown = $3, provider_object_id = $4, dead_letter_reason = $5,
       failure_code = CASE WHEN $2 = 'declined' THEN 'card_declined' END, cancel_requested = $6, version = 2,
       next_action_at = CASE WHEN $2 IN ('queued', 'charging', 'retry_wait', 'unknown') THEN now() + interval '1 minute' END
     WHERE id = $1`,
    [
      id,
      status,
      outcomeUnknown,
      hasObject ? `pi_${id}` : null,
      status === "dead_lettered" ? (reason ?? "attempts_spent") : null,
      cancelRequested,
    ],
  );
  return id;
}

export function insertDeadLetter(db: Database, shape: Omit<Shape, "status"> = {}): Promise<string> {
  return insertPayment(db, { ...shape, status: "dead_lettered" });
}

/** A dead letter with everything that a client, a provider or an operator can put words into, and those words. */
export async function insertHostilePayment(db: Database, words = HOSTILE): Promise<{ id: string; anomalyId: string }> {
  const id = await insertDeadLetter(db, { outcomeUnknown: true });
  const { pool } = db;
  const anomalyId = newId("ano");
  const evidence = JSON.stringify([{ operation: "confirm", at: words, durationMs: 1, code: words, message: words }]);
  await pool.query("UPDATE merchants SET name = $2 WHERE id = (SELECT merchant_id FROM payments WHERE id = $1)", [
    id,
    words,
  ]);
  await pool.query(
    `UPDATE payments SET order_reference = $2, description = $2, idempotency_key = $2, metadata = jsonb_build_object($2::text, $2::text),
       failure_code = $2, dead_letter_reason = $2, provider_account = $2, payment_method = $2 WHERE id = $1`,
    [id, words],
  );
  await pool.query(
    `INSERT INTO attempts (id, payment_id, number, ended_at, outcome, code, evidence)
     VALUES ($1, $2, 1, now(), 'unknown', $3, $4)`,
    [newId("att"), id, words, evidence],
  );
  await pool.query("INSERT INTO timeline (payment_id, version, kind, code) VALUES ($1, 2, $2, $2)", [id, words]);
  await pool.query(
    `INSERT INTO provider_events (id, type, payment_id, provider_object_id, created_at) VALUES ($2, $2, $1, $2, now())`,
    [id, words],
  );
  await pool.query(
    "INSERT INTO anomalies (id, kind, payment_id, provider_object_id, evidence) VALUES ($1, $2, $3, $2, $4)",
    [anomalyId, words, id, evidence],
  );
  await pool.query(
    `INSERT INTO audit_log (id, actor, via, action, payment_id, target, reason, before, after)
     VALUES ($1, $2, 'cli', $2, $3, $2, $2, $4, $4)`,
    [newId("aud"), words, id, JSON.stringify({ [words]: words, [`${words}2`]: words.repeat(5) })],
  );
  await pool.query("INSERT INTO queue_pauses (queue, reason) VALUES ('charges', $1)", [words]);
  await pool.query(
    "INSERT INTO charger_reports (id, version, breaker, breaker_since, started_at) VALUES ($1, $1, 'open', now(), now())",
    [words],
  );
  return { id, anomalyId };
}
