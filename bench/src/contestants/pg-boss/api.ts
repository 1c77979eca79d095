import type pg from "pg";
import { config, openPool } from "../peer/peer-config.ts";
import { INSERT_PAYMENT, insertValues } from "../peer/peer-tables.ts";
import { type NewPayment, servePayments } from "../peer/serve-payments.ts";
import { createBoss, QUEUE } from "./queue.ts";

const pool = openPool();
const boss = createBoss(config.DATABASE_URL);
await boss.start();

servePayments(async (payment) => {
  const client = await pool.connect();
  try {
    await accept(client, payment);
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
});

/** Payment and job in one transaction, as its documentation has it: `send` is given the transaction's connection. */
async function accept(client: pg.PoolClient, payment: NewPayment): Promise<void> {
  await client.query("BEGIN");
  await client.query({ name: "insert", text: INSERT_PAYMENT, values: insertValues(payment) });
  const db = { executeSql: (text: string, values: unknown[]) => client.query(text, values) };
  await boss.send(QUEUE, { paymentId: payment.id }, { db });
  await client.query("COMMIT");
}
