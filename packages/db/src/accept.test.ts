import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { acceptPayments } from "./accept.ts";
import { isUnavailable, sqlState } from "./database-error.ts";
import { connectDatabase } from "./index.ts";
import { acceptRequest, createTestDatabase, insertMerchant } from "./testing.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  merchantId = await insertMerchant(testDatabase.db);
});

const accept = (requests: Parameters<typeof acceptPayments>[1]) => acceptPayments(testDatabase.db, requests);
const kinds = (results: { kind: string }[]) => results.map(({ kind }) => kind);
const count = async (table: string) => {
  const key = table === "payments" ? "id" : "payment_id";
  const { rows } = await testDatabase.db.pool.query(
    `SELECT count(*)::int AS n FROM ${table} WHERE ${key} IN (SELECT id FROM payments WHERE merchant_id = $1)`,
    [merchantId],
  );
  return rows[0].n as number;
};

describe("accepting payments", () => {
  test("stores the payment, its first timeline row and its outbox row together", async () => {
    const [result] = await accept([acceptRequest(merchantId, { description: "ü", metadata: { a: "b" } })]);
    expect(result).toMatchObject({
      kind: "created",
      payment: { status: "queued", amountMinor: 4200, version: 1, attempts: 0, description: "ü", metadata: { a: "b" } },
    });
    expect([await count("payments"), await count("timeline"), await count("outbox")]).toEqual([1, 1, 1]);
  });

  test("answers with a new payment as it reads it for a replay", async () => {
    const full = { description: "ü", metadata: { b: "1", a: "2" }, clientSecretHash: "cd".repeat(32) };
    for (const request of [acceptRequest(merchantId, full), acceptRequest(merchantId, { orderReference: null })]) {
      const [created] = await accept([request]);
      const [replayed] = await accept([request]);
      expect(created).toEqual({ ...replayed, kind: "created" });
      expect(replayed).toMatchObject({ kind: "replayed", payment: { id: request.id } });
    }
  });

  test("stores nothing at all when the outbox row cannot be stored", async () => {
    const { pool } = testDatabase.db;
    await pool.query("ALTER TABLE outbox ADD CONSTRAINT broken CHECK (kind <> 'accepted') NOT VALID");
    try {
      expect(kinds(await accept([acceptRequest(merchantId)]))).toEqual(["failed"]);
    } finally {
      await pool.query("ALTER TABLE outbox DROP CONSTRAINT broken");
    }
    expect([await count("payments"), await count("timeline"), await count("outbox")]).toEqual([0, 0, 0]);
  });

  test("50 parallel first requests with one key make one payment", async () => {
    const same = { idempotencyKey: "k", requestHash: "ab".repeat(32) };
    const results = (
      await Promise.all(Array.from({ length: 50 }, () => accept([acceptRequest(merchantId, same)])))
    ).flat();
    expect(kinds(results).filter((kind) => kind === "created")).toHaveLength(1);
    expect(kinds(results).filter((kind) => kind === "replayed")).toHaveLength(49);
    expect(new Set(results.map((result) => "payment" in result && result.payment.id)).size).toBe(1);
    expect([await count("payments"), await count("outbox")]).toEqual([1, 1]);
  });

  test("another body under a used key is told apart, and changes nothing", async () => {
    await accept([acceptRequest(merchantId, { idempotencyKey: "k", requestHash: "ab".repeat(32) })]);
    const other = acceptRequest(merchantId, { idempotencyKey: "k", requestHash: "cd".repeat(32), amountMinor: 1 });
    expect(kinds(await accept([other]))).toEqual(["key_reused"]);
    expect(await count("payments")).toBe(1);
  });

  test("the same key of another merchant is another payment", async () => {
    const neighbour = await insertMerchant(testDatabase.db);
    const same = { idempotencyKey: "k", requestHash: "ab".repeat(32) };
    expect(kinds(await accept([acceptRequest(merchantId, same), acceptRequest(neighbour, same)]))).toEqual([
      "created",
      "created",
    ]);
  });
});

describe("a batch", () => {
  test("answers each row by itself: good, repeated, reused, order taken, bad", async () => {
    const first = acceptRequest(merchantId, { idempotencyKey: "a", requestHash: "ab".repeat(32), orderReference: "o" });
    expect(
      kinds(
        await accept([
          first,
          acceptRequest(merchantId),
          acceptRequest(merchantId, { idempotencyKey: "a", requestHash: "ab".repeat(32), orderReference: "o" }),
          acceptRequest(merchantId, { idempotencyKey: "a", requestHash: "cd".repeat(32) }),
          acceptRequest(merchantId, { idempotencyKey: "z", orderReference: "o" }),
        ]),
      ),
    ).toEqual(["created", "created", "replayed", "key_reused", "order_taken"]);
  });

  test.each([
    ["an amount that the table refuses", { amountMinor: -1 }],
    ["text that Postgres cannot store", { description: "a\0b" }],
    ["a merchant that does not exist", { merchantId: "mer_nobody" }],
  ])("with %s leaves the neighbours alone", async (_what, bad) => {
    const results = await accept([
      acceptRequest(merchantId),
      acceptRequest(merchantId, bad),
      acceptRequest(merchantId),
    ]);
    expect(kinds(results)).toEqual(["created", "failed", "created"]);
    expect([await count("payments"), await count("outbox")]).toEqual([2, 2]);
  });

  test("racing with others over the same keys and orders, in any order, loses no row and makes none twice", async () => {
    const batch = (seed: number) =>
      Array.from({ length: 20 }, (_, i) => {
        const n = (i * 7 + seed * 13) % 20;
        const key = `key-${n}`;
        return acceptRequest(merchantId, {
          idempotencyKey: key,
          requestHash: n.toString(16).padStart(64, "0"),
          orderReference: `order-${(n * 11) % 20}`,
        });
      });
    const results = (await Promise.all(Array.from({ length: 12 }, (_, seed) => accept(batch(seed))))).flat();
    const failed = results.filter((result) => result.kind === "failed" || result.kind === "contended");
    expect(failed).toEqual([]);
    expect(kinds(results).filter((kind) => kind === "created")).toHaveLength(20);
    expect(await count("payments")).toBe(20);
  });
});

describe("the order guard", () => {
  const order = { orderReference: "order-1" };

  test("lets one live payment through, however many tabs press Pay", async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => accept([acceptRequest(merchantId, order)])));
    expect(kinds(results.flat()).filter((kind) => kind === "created")).toHaveLength(1);
    expect(kinds(results.flat()).filter((kind) => kind === "order_taken")).toHaveLength(19);
  });

  test.each([
    ["declined", true],
    ["canceled", true],
    ["succeeded", false],
    ["dead_lettered", false],
    ["unknown", false],
  ])("after a payment that is %s, another one is possible: %p", async (status, isFree) => {
    const [first] = await accept([acceptRequest(merchantId, order)]);
    const id = first?.kind === "created" ? first.payment.id : "";
    await testDatabase.db.pool.query(
      `UPDATE payments SET status = $2, provider_object_id = 'pi_' || id, failure_code = 'x',
         outcome_unknown = ($2 = 'unknown'), dead_letter_reason = CASE WHEN $2 = 'dead_lettered' THEN 'attempts_spent' END,
         next_action_at = CASE WHEN $2 = 'unknown' THEN now() END WHERE id = $1`,
      [id, status],
    );
    expect(kinds(await accept([acceptRequest(merchantId, order)]))).toEqual([isFree ? "created" : "order_taken"]);
  });

  test("does not stand in the way of a payment's own replay", async () => {
    const own = { ...order, idempotencyKey: "k", requestHash: "ab".repeat(32) };
    expect(kinds(await accept([acceptRequest(merchantId, own)]))).toEqual(["created"]);
    expect(kinds(await accept([acceptRequest(merchantId, own)]))).toEqual(["replayed"]);
  });
});

describe("when the database is in the way", () => {
  test("a row behind a lock that is held too long fails as contention, and can be sent again", async () => {
    const impatient = connectDatabase({ url: testDatabase.url, applicationName: "impatient", lockTimeoutMs: 50 });
    const blocker = await testDatabase.db.pool.connect();
    const request = acceptRequest(merchantId, { idempotencyKey: "k" });
    try {
      await blocker.query("BEGIN");
      await blocker.query(
        `INSERT INTO payments (id, merchant_id, idempotency_key, request_hash, amount_minor, currency, payment_method)
         VALUES ('pay_blocker', $1, 'k', decode(repeat('ab', 32), 'hex'), 1, 'eur', 'pm_x')`,
        [merchantId],
      );
      const [result, neighbour] = await acceptPayments(impatient, [request, acceptRequest(merchantId)]);
      expect(neighbour?.kind).toBe("created");
      expect(result?.kind === "failed" && sqlState(result.error)).toBe("55P03");
      await blocker.query("ROLLBACK");
      expect(kinds(await acceptPayments(impatient, [request]))).toEqual(["created"]);
    } finally {
      blocker.release();
      await impatient.close();
    }
  });

  test("an unreachable database is an error, not a result", async () => {
    const away = connectDatabase({ url: "postgresql://nobody@127.0.0.1:1/none", applicationName: "away" });
    const error = await acceptPayments(away, [acceptRequest(merchantId)]).catch((e: unknown) => e);
    expect(isUnavailable(error)).toBe(true);
    await away.close();
  });
});
