import type pg from "pg";
import { chargeAtProvider } from "./charge-at-provider.ts";

// A second delivery of the job finds nothing to claim.
const CLAIM = {
  name: "claim",
  text: `UPDATE payments SET status = 'charging', attempts = attempts + 1 WHERE id = $1 AND status = 'queued'
    RETURNING amount_minor, currency, payment_method`,
};

// Result and status in one statement, so in one commit.
const SETTLE = {
  name: "settle",
  text: `WITH r AS (INSERT INTO results (payment_id, provider_object_id) VALUES ($1, $2))
    UPDATE payments SET status = 'succeeded' WHERE id = $1`,
};

/** What a peer's job does: claims the payment, has it charged, and writes the result. */
export async function chargePayment(pool: pg.Pool, paymentId: string): Promise<void> {
  const { rows } = await pool.query({ ...CLAIM, values: [paymentId] });
  const [payment] = rows;
  if (!payment) return;
  const charge = await chargeAtProvider({ ...payment, payment_id: paymentId });
  await pool.query({ ...SETTLE, values: [paymentId, charge.id] });
}
