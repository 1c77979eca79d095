import type pg from "pg";
import type { Facts } from "./facts.ts";

export type StoredFacts = Pick<
  Facts,
  | "payments"
  | "attempts"
  | "timeline"
  | "refunds"
  | "anomalies"
  | "changes"
  | "announcedPaymentIds"
  | "outboxDepth"
  | "webhookOutboxDepth"
  | "openDeliveries"
  | "subscribedMerchantIds"
>;

const PAYMENTS = `SELECT id, merchant_id AS "merchantId", idempotency_key AS "idempotencyKey",
  amount_minor::float8 AS "amountMinor", currency, payment_method AS "paymentMethod", order_reference AS "orderReference",
  status, version, outcome_unknown AS "outcomeUnknown", provider_object_id AS "providerObjectId",
  refund_reserved_minor::float8 AS "refundReservedMinor", refunded_minor::float8 AS "refundedMinor" FROM payments ORDER BY id`;
const ATTEMPTS = `SELECT id, payment_id AS "paymentId", number, started_at AS "startedAt", outcome, code FROM attempts
  ORDER BY payment_id, number`;
// Of two rows of one version the one that is no transition comes second.
const TIMELINE = `SELECT payment_id AS "paymentId", version, kind, code, refund_id AS "refundId", at FROM timeline
  ORDER BY payment_id, version, kind = 'anomaly'`;
const REFUNDS = `SELECT id, payment_id AS "paymentId", idempotency_key AS "idempotencyKey",
  amount_minor::float8 AS "amountMinor", status, version, outcome_unknown AS "outcomeUnknown",
  provider_refund_id AS "providerRefundId" FROM refunds ORDER BY id`;
const ANOMALIES = `SELECT kind, payment_id AS "paymentId", provider_object_id AS "providerObjectId" FROM anomalies`;
const CHANGES = `SELECT payment_id AS "paymentId", version, old_status AS "oldStatus", new_status AS "newStatus",
  old_unknown AS "oldUnknown", new_unknown AS "newUnknown", old_object AS "oldObject", new_object AS "newObject"
  FROM proof.payment_changes ORDER BY payment_id, n`;
const COUNTS = `SELECT (SELECT count(*) FROM outbox)::int AS "outboxDepth",
  (SELECT count(*) FROM webhook_outbox)::int AS "webhookOutboxDepth",
  (SELECT count(*) FROM webhook_deliveries WHERE next_action_at IS NOT NULL)::int AS "openDeliveries"`;

/** Reads what Postgres holds, all of one moment. The observer must be installed. */
export async function readFacts(pool: pg.Pool): Promise<StoredFacts> {
  const client = await pool.connect();
  let failure: Error | undefined;
  // A fault may end the session between two statements; unheard, that would end the process. The next statement fails.
  const noteEnd = () => {};
  client.on("error", noteEnd);
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const rows = async <Row>(text: string) => (await client.query(text)).rows as Row[];
    const facts = {
      payments: await rows<Facts["payments"][number]>(PAYMENTS),
      attempts: await rows<Facts["attempts"][number]>(ATTEMPTS),
      timeline: await rows<Facts["timeline"][number]>(TIMELINE),
      refunds: await rows<Facts["refunds"][number]>(REFUNDS),
      anomalies: await rows<Facts["anomalies"][number]>(ANOMALIES),
      changes: await rows<Facts["changes"][number]>(CHANGES),
    };
    const announced = await rows<{ id: string }>("SELECT payment_id AS id FROM proof.announcements");
    const subscribed = await rows<{ id: string }>("SELECT DISTINCT merchant_id AS id FROM webhook_endpoints");
    const [counts] = await rows<Pick<Facts, "outboxDepth" | "webhookOutboxDepth" | "openDeliveries">>(COUNTS);
    await client.query("COMMIT");
    if (!counts) throw new Error("a count gave no row");
    const ids = (list: { id: string }[]) => new Set(list.map(({ id }) => id));
    return {
      ...facts,
      ...counts,
      announcedPaymentIds: ids(announced),
      subscribedMerchantIds: ids(subscribed),
    };
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    client.off("error", noteEnd);
    client.release(failure);
  }
}
