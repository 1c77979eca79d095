import type { PaymentState } from "@payonce/domain";
import type pg from "pg";

/** A payment as an operator's action finds it, and leaves it. */
export interface OperatedPayment {
  id: string;
  merchantId: string;
  status: PaymentState;
  version: number;
  dispatch: number;
  outcomeUnknown: boolean;
  cancelRequested: boolean;
  providerObjectId: string | null;
  deadLetterReason: string | null;
  failureCode: string | null;
}

const COLUMNS = `id, merchant_id AS "merchantId", status, version, dispatch, outcome_unknown AS "outcomeUnknown",
  cancel_requested AS "cancelRequested", provider_object_id AS "providerObjectId",
  dead_letter_reason AS "deadLetterReason", failure_code AS "failureCode"`;

/** Reads a payment and holds it until the transaction ends, so that what is decided about it still holds when it is done. */
export async function lockPayment(client: pg.PoolClient, id: string): Promise<OperatedPayment | null> {
  const { rows } = await client.query<OperatedPayment>(`SELECT ${COLUMNS} FROM payments WHERE id = $1 FOR UPDATE`, [
    id,
  ]);
  return rows[0] ?? null;
}

/** What the audit log keeps of a payment. */
export function auditedState({
  status,
  version,
  outcomeUnknown,
  cancelRequested,
  deadLetterReason,
  failureCode,
}: OperatedPayment): object {
  return {
    status,
    version,
    outcome_unknown: outcomeUnknown,
    ...(cancelRequested && { cancel_requested: true }),
    ...(deadLetterReason && { dead_letter_reason: deadLetterReason }),
    ...(failureCode && { failure_code: failureCode }),
  };
}
