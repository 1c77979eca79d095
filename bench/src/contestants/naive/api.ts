import { chargeAtProvider } from "../peer/charge-at-provider.ts";
import { openPool } from "../peer/peer-config.ts";
import { insertValues } from "../peer/peer-tables.ts";
import { servePayments } from "../peer/serve-payments.ts";

// The payment's time of acceptance is that of its request; all else that a peer writes in several steps is written here once.
const INSERT = {
  name: "insert",
  text: `WITH p AS (
    INSERT INTO payments (id, idempotency_key, order_reference, amount_minor, currency, payment_method, status, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'succeeded', $7) RETURNING id
  ) INSERT INTO results (payment_id, provider_object_id) SELECT id, $8 FROM p`,
};

const pool = openPool();

/** Charges, then writes, in the request. */
servePayments(async (payment) => {
  const acceptedAt = new Date();
  const { id, amount, currency, payment_method } = payment;
  const charge = await chargeAtProvider({ payment_id: id, amount_minor: amount, currency, payment_method });
  await pool.query({ ...INSERT, values: [...insertValues(payment), acceptedAt, charge.id] });
});
