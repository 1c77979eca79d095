import type { JudgedRefund } from "@payonce/domain";
import type pg from "pg";

/** A refund of ours, as far as it can be compared with the provider's. */
export interface ComparedRefund extends JudgedRefund {
  id: string;
  version: number;
  dispatch: number;
  looks: number;
}

/** A payment's refunds, and where at the provider they are. */
export interface ComparedPayment {
  paymentId: string;
  /** Null for a payment that was never charged: then there is nothing to compare. */
  providerObjectId: string | null;
  providerAccount: string | null;
  providerApiVersion: string | null;
  refunds: ComparedRefund[];
}

const READ = `
SELECT p.id AS "paymentId", p.provider_object_id AS "providerObjectId", p.provider_account AS "providerAccount",
  p.provider_api_version AS "providerApiVersion",
  coalesce((SELECT jsonb_agg(jsonb_build_object('id', r.id, 'version', r.version, 'dispatch', r.dispatch, 'looks', r.looks,
    'status', r.status, 'outcomeUnknown', r.outcome_unknown, 'amountMinor', r.amount_minor, 'currency', p.currency,
    'providerRefundId', r.provider_refund_id) ORDER BY r.id) FROM refunds r WHERE r.payment_id = p.id), '[]') AS refunds
FROM payments p WHERE p.id = $1`;

/** Reads a payment's refunds as of one moment. Null when there is no such payment. */
export async function readRefundsForComparison(pool: pg.Pool, paymentId: string): Promise<ComparedPayment | null> {
  const { rows } = await pool.query<ComparedPayment>({ name: "refunds-to-compare", text: READ, values: [paymentId] });
  return rows[0] ?? null;
}

/** Of these ids, those that are refunds of ours. */
export async function findKnownRefunds(pool: pg.Pool, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await pool.query<{ id: string }>({
    name: "known-refunds",
    text: "SELECT id FROM refunds WHERE id = ANY ($1::text[])",
    values: [ids],
  });
  return new Set(rows.map(({ id }) => id));
}

/** Has a charger claim a refund and see for itself, because there is evidence about it. */
export async function wakeRefund(pool: pg.Pool, refundId: string): Promise<void> {
  await pool.query({
    name: "wake-refund",
    text: `WITH o AS (
        INSERT INTO outbox (kind, payment_id, version, dispatch, refund_id)
        SELECT 'refund_look', payment_id, version, dispatch, id FROM refunds WHERE id = $1 RETURNING id
      ) SELECT pg_notify('outbox', '') FROM o`,
    values: [refundId],
  });
}
