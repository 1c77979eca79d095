import type { PaymentState } from "@payonce/domain";
import type pg from "pg";

/** A payment that is not to be charged any more, as far as it can be compared with the provider's object. */
export interface InspectedPayment {
  id: string;
  status: PaymentState;
  version: number;
  amountMinor: number;
  currency: string;
  outcomeUnknown: boolean;
  providerObjectId: string | null;
  providerAccount: string | null;
  providerApiVersion: string | null;
}

export async function readForInspection(pool: pg.Pool, paymentId: string): Promise<InspectedPayment | null> {
  const { rows } = await pool.query<InspectedPayment>({
    name: "read-for-inspection",
    text: `SELECT id, status, version, amount_minor::float8 AS "amountMinor", currency,
      outcome_unknown AS "outcomeUnknown", provider_object_id AS "providerObjectId",
      provider_account AS "providerAccount", provider_api_version AS "providerApiVersion" FROM payments WHERE id = $1`,
    values: [paymentId],
  });
  return rows[0] ?? null;
}

const ADOPT = `
WITH u AS (
  UPDATE payments SET status = $3, version = version + 1, outcome_unknown = false, dead_letter_reason = NULL,
    failure_code = $4, updated_at = clock_timestamp()
  WHERE id = $1 AND version = $2 AND status = 'dead_lettered' AND provider_object_id IS NOT NULL
  RETURNING id, version, status, dispatch
), t AS (
  INSERT INTO timeline (payment_id, version, kind, code) SELECT id, version, status, 'provider_object_says_so' FROM u
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch) SELECT 'event', id, version, dispatch FROM u
)
SELECT version, pg_notify('outbox', '') FROM u`;

/**
 * Ends a dead-lettered payment as the provider's own object says.
 *
 * @returns false when the payment has moved on since it was read
 */
export async function adoptOutcome(
  pool: pg.Pool,
  { id, version }: { id: string; version: number },
  outcome: { status: "succeeded" } | { status: "declined"; failureCode: string },
): Promise<boolean> {
  const failureCode = outcome.status === "declined" ? outcome.failureCode : null;
  const { rows } = await pool.query({ name: "adopt", text: ADOPT, values: [id, version, outcome.status, failureCode] });
  return rows.length === 1;
}
