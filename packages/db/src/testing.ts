import { randomBytes } from "node:crypto";
import pg from "pg";
import { connectDatabase, type Database } from "./connect.ts";

/**
 * A fresh, migrated database of a test's own, cloned from the template that the test run made.
 *
 * @returns the database and its url; `drop` closes and removes it, and fails when the test left a connection open
 */
export async function createTestDatabase(): Promise<{ db: Database; url: string; drop(): Promise<void> }> {
  const { url, drop } = await cloneTestDatabase();
  const db = connectDatabase({ url, applicationName: "test" });
  return {
    db,
    url,
    async drop() {
      await db.close();
      await drop();
    },
  };
}

/**
 * The same for a whole system, which connects by itself.
 *
 * @returns its url; `drop` removes it, and fails while anybody is connected, unless told to cut them off
 */
export async function cloneTestDatabase(): Promise<{ url: string; drop(how?: "cut off"): Promise<void> }> {
  const adminUrl = process.env.TEST_DATABASE_URL;
  if (!adminUrl) throw new Error("TEST_DATABASE_URL is not set: run the tests with `npm test`");
  const name = `test_${randomBytes(6).toString("hex")}`;
  await admin(adminUrl, `CREATE DATABASE ${name} TEMPLATE payonce_template`);
  return {
    url: Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href,
    drop: (how) => admin(adminUrl, `DROP DATABASE ${name}${how === "cut off" ? " WITH (FORCE)" : ""}`),
  };
}

async function admin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export {
  acceptOne,
  acceptRequest,
  claimOne,
  deadLetterOne,
  insertMerchant,
  makeDue,
  settleRequest,
  TEST_ACTOR,
  TEST_IDENTITY,
} from "./testing-payments.ts";
export {
  claimedRefund,
  claimOneRefund,
  deadLetterOneRefund,
  makeRefundDue,
  refundOne,
  refundRequest,
  refundSettle,
  succeedOne,
} from "./testing-refunds.ts";
export { emptyTables } from "./testing-tables.ts";
export {
  deliverAllEvents,
  insertWebhookEndpoint,
  TEST_SECRET_BOX,
  TEST_WEBHOOK_SECRET,
} from "./testing-webhooks.ts";
