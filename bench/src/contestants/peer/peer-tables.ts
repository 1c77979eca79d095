import pg from "pg";
import type { Books } from "../contestant.ts";
import type { NewPayment } from "./serve-payments.ts";

/** What each peer keeps of a payment: what was asked for, each key once, and a row for its result. */
const TABLES = `
CREATE TABLE IF NOT EXISTS payments (
  id              text PRIMARY KEY,
  idempotency_key text NOT NULL UNIQUE,
  order_reference text,
  amount_minor    bigint NOT NULL,
  currency        text NOT NULL,
  payment_method  text NOT NULL,
  status          text NOT NULL DEFAULT 'queued',
  attempts        int NOT NULL DEFAULT 0,
  created_at      timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80);
CREATE TABLE IF NOT EXISTS results (
  payment_id         text PRIMARY KEY REFERENCES payments,
  provider_object_id text NOT NULL,
  settled_at         timestamptz NOT NULL DEFAULT clock_timestamp()
)`;

export const INSERT_PAYMENT = `
INSERT INTO payments (id, idempotency_key, order_reference, amount_minor, currency, payment_method)
VALUES ($1, $2, $3, $4, $5, $6)`;

export function insertValues(payment: NewPayment): unknown[] {
  const { id, idempotencyKey, order_reference, amount, currency, payment_method } = payment;
  return [id, idempotencyKey, order_reference, amount, currency, payment_method];
}

/** @param jobTables emptied as well */
export function peerBooks(...jobTables: string[]): Books {
  return {
    reset: `TRUNCATE ${["payments", "results", ...jobTables].join(", ")}`,
    countSettled: "SELECT count(*)::int AS count FROM results",
    settled: "SELECT created_at AS accepted_at, settled_at FROM payments JOIN results ON payment_id = id",
  };
}

/** Runs before a peer's processes start, since both may need the tables. */
export async function createPeerTables(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(TABLES);
  } finally {
    await client.end();
  }
}
