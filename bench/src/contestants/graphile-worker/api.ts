import { openPool } from "../peer/peer-config.ts";
import { INSERT_PAYMENT, insertValues } from "../peer/peer-tables.ts";
import { servePayments } from "../peer/serve-payments.ts";

// Payment and job in one statement: one transaction and one round trip, which is the least there can be.
const INSERT = {
  name: "insert",
  text: `WITH p AS (${INSERT_PAYMENT} RETURNING id)
    SELECT graphile_worker.add_job('charge', json_build_object('paymentId', id)) FROM p`,
};

const pool = openPool();

servePayments(async (payment) => {
  await pool.query({ ...INSERT, values: insertValues(payment) });
});
