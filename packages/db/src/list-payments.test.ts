import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { firstIdAt, newId, type PaymentState } from "@payonce/domain";
import type { Database } from "./connect.ts";
import { listPayments, listQuery, type PaymentFilter } from "./list-payments.ts";
import { createTestDatabase, insertMerchant } from "./testing.ts";

const ROWS = 40_000;
/** Of them, those that move, as in an outage of the provider: all of one merchant. */
const MOVING = 2_500;
const START = Date.parse("2026-01-01T00:00:00Z");
let db: Database;
let drop: () => Promise<void>;
/** Has most of the payments; has the others, all older; has none. */
let [busy, former, idle] = ["", "", ""];

beforeAll(async () => {
  ({ db, drop } = await createTestDatabase());
  busy = await insertMerchant(db);
  former = await insertMerchant(db);
  idle = await insertMerchant(db);
  const rows = Array.from({ length: ROWS }, (_, n) => ({
    merchantId: n < ROWS / 4 ? former : busy,
    createdAt: new Date(START + n * 1_000),
    status: statusOf(n),
    orderReference: n % 2 === 0 ? `order-${n % 5_000 === 0 ? "again" : n}` : null,
  }));
  await insert(rows);
  await db.pool.query("ANALYZE payments");
}, 60_000);
afterAll(() => drop());

/** Most have succeeded; few of the others have ended, or move. */
function statusOf(n: number): PaymentState {
  if (n % 5_000 === 0) return n % 10_000 === 0 ? "declined" : "canceled";
  if (n % 20 === 1) return "declined";
  if (n % 4_001 === 2) return "dead_lettered";
  if (n % 4_001 === 3) return "unknown";
  return n > ROWS - MOVING * 4 && n % 4 === 3 ? "queued" : "succeeded";
}

interface TestPayment {
  id?: string;
  merchantId: string;
  createdAt: Date;
  status: PaymentState;
  orderReference: string | null;
}

async function insert(payments: TestPayment[]): Promise<void> {
  const rows = payments.map((payment) => ({ id: firstIdAt("pay", payment.createdAt), ...payment }));
  await db.pool.query(
    `INSERT INTO payments (id, merchant_id, idempotency_key, request_hash, amount_minor, currency, payment_method,
       order_reference, status, provider_object_id, outcome_unknown, failure_code, dead_letter_reason, next_action_at, created_at)
     SELECT id, "merchantId", id, decode(repeat('00', 32), 'hex'), 4200, 'eur', 'pm_card_visa', "orderReference", status,
       'pi_' || id, status = 'unknown', CASE status WHEN 'declined' THEN 'card_declined' END,
       CASE status WHEN 'dead_lettered' THEN 'attempts_spent' END,
       CASE WHEN status IN ('queued', 'unknown') THEN now() END, "createdAt"
     FROM jsonb_to_recordset($1::jsonb)
       AS r(id text, "merchantId" text, "createdAt" timestamptz, status text, "orderReference" text)`,
    [JSON.stringify(rows)],
  );
}

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: PlanNode[];
}

/** How many rows Postgres looks at in vain, and whether it reads the table from end to end. */
async function costOf(filter: PaymentFilter): Promise<{ inVain: number; readsAll: boolean }> {
  const { text, values } = listQuery(filter);
  const { rows } = await db.pool.query({ text: `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values });
  const cost = { inVain: 0, readsAll: false };
  const visit = (node: PlanNode) => {
    cost.inVain += (node["Rows Removed by Filter"] ?? 0) * node["Actual Loops"];
    cost.readsAll ||= node["Node Type"] === "Seq Scan" && node["Relation Name"] === "payments";
    for (const child of node.Plans ?? []) visit(child);
  };
  visit(rows[0]["QUERY PLAN"][0].Plan);
  return cost;
}

const at = (n: number) => new Date(START + n * 1_000);
const range = { createdFrom: at(5_000), createdTo: at(15_000) };
const FILTERS: [string, Omit<PaymentFilter, "merchantId" | "limit">][] = [
  ["nothing", {}],
  ["a cursor", { startingAfter: firstIdAt("pay", at(8_000)) }],
  ["a cursor the other way", { endingBefore: firstIdAt("pay", at(2_000)) }],
  ["succeeded", { statuses: ["succeeded"] }],
  ["declined", { statuses: ["declined"] }],
  ["canceled", { statuses: ["canceled"] }],
  ["dead_lettered", { statuses: ["dead_lettered"] }],
  ["unknown", { statuses: ["unknown"] }],
  ["queued", { statuses: ["queued"] }],
  ["retry_wait", { statuses: ["retry_wait"] }],
  ["several states", { statuses: ["succeeded", "canceled", "queued", "dead_lettered"] }],
  ["an order", { orderReference: "order-again" }],
  ["an order that nobody has", { orderReference: "order-x" }],
  ["an order and a state", { orderReference: "order-again", statuses: ["canceled"] }],
  ["a period", range],
  ["a period and a state", { ...range, statuses: ["canceled"] }],
  ["a period and a state that moves", { ...range, statuses: ["unknown"] }],
];

describe.each(FILTERS)("a list by %s", (_what, filter) => {
  test("is found without looking through the payments, whoever's", async () => {
    for (const merchantId of [busy, former, idle]) {
      const { inVain, readsAll } = await costOf({ merchantId, limit: 11, ...filter });
      // What moves, and the dead letters, are looked through for all merchants together.
      const looksAtMoving = filter.statuses?.some((state) => ["queued", "unknown", "retry_wait"].includes(state));
      expect(inVain).toBeLessThan(looksAtMoving ? MOVING * 1.1 : 100);
      expect(readsAll).toBe(false);
    }
  });

  test("is what a walk through all payments finds", async () => {
    const found = await listPayments(db, { merchantId: former, limit: 25, ...filter });
    const { statuses, orderReference, createdFrom, createdTo, startingAfter, endingBefore } = filter;
    const all = await listPayments(db, { merchantId: former, limit: ROWS });
    const expected = all.filter(
      ({ id, status, orderReference: ofOrder, createdAt }) =>
        (statuses?.includes(status) ?? true) &&
        (orderReference === undefined || ofOrder === orderReference) &&
        (!createdFrom || createdAt >= createdFrom) &&
        (!createdTo || createdAt < createdTo) &&
        (!startingAfter || id < startingAfter) &&
        (!endingBefore || id > endingBefore),
    );
    const page = endingBefore ? expected.slice(-25) : expected.slice(0, 25);
    expect(found.map(({ id }) => id)).toEqual(page.map(({ id }) => id));
  });
});

test("created_at decides about a period, from its first moment to before its last, though ids are made elsewhere", async () => {
  const merchantId = await insertMerchant(db);
  const from = Date.parse("2025-06-01T00:00:00Z");
  // The id's clock is ahead, or behind, by as much as half a minute.
  const cases = [
    { createdAt: -1, idAt: 30_000, isIn: false },
    { createdAt: 0, idAt: -30_000, isIn: true },
    { createdAt: 59_999, idAt: 89_999, isIn: true },
    { createdAt: 60_000, idAt: 30_001, isIn: false },
  ].map((one) => ({ ...one, id: firstIdAt("pay", new Date(from + one.idAt)) }));
  await insert(
    cases.map(({ id, createdAt }) => ({
      id,
      merchantId,
      createdAt: new Date(from + createdAt),
      status: "succeeded",
      orderReference: null,
    })),
  );
  const found = await listPayments(db, {
    merchantId,
    limit: 10,
    createdFrom: new Date(from),
    createdTo: new Date(from + 60_000),
  });
  const expected = cases.filter(({ isIn }) => isIn).map(({ id }) => id);
  expect(found.map(({ id }) => id)).toEqual(expected.sort().reverse());
});

test("no index is about what changes while a payment waits: such updates touch none (HOT)", async () => {
  const id = newId("pay");
  await insert([{ id, merchantId: idle, createdAt: new Date(), status: "queued", orderReference: "order-hot" }]);
  const client = await db.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("UPDATE payments SET dispatch = dispatch + 1, idle_dispatches = 1 WHERE id = $1", [id]);
    await client.query("UPDATE payments SET version = version + 1, updated_at = now() WHERE id = $1", [id]);
    const { rows } = await client.query(
      `SELECT n_tup_upd::int AS updates, n_tup_hot_upd::int AS hot FROM pg_stat_xact_user_tables WHERE relname = 'payments'`,
    );
    expect(rows).toEqual([{ updates: 2, hot: 2 }]);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});
