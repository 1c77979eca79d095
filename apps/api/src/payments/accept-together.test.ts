import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  type AcceptRequest,
  type AcceptResult,
  connectDatabase,
  type Database,
  isUnavailable,
  SharedStatementFull,
} from "@payonce/db";
import { acceptRequest, createTestDatabase, insertMerchant } from "@payonce/db/testing";
import { newId } from "@payonce/domain";
import { Registry } from "prom-client";
import { countRows, expectProblem, startTestApi, until, VALID } from "../test-api.ts";
import { startProxy } from "../test-proxy.ts";
import { type AcceptPayment, createAcceptTogether } from "./accept-together.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  merchantId = await insertMerchant(testDatabase.db);
});

const request = (overrides: Partial<AcceptRequest> = {}) => acceptRequest(merchantId, overrides);
const requests = (count: number) => Array.from({ length: count }, () => request());
/** What a client does that saw no answer. */
const again = (one: AcceptRequest) => ({ ...one, id: newId("pay") });
const kinds = (results: AcceptResult[]) => results.map(({ kind }) => kind);
const idsOf = (results: AcceptResult[]) => results.map((result) => "payment" in result && result.payment.id);

/** With patience for the locks that these tests hold, on a machine that is busy as well. */
async function withAccept(
  url: string,
  maxWaiting: number,
  work: (accept: AcceptPayment, registry: Registry, db: Database) => Promise<void>,
): Promise<void> {
  const timeouts = { lockTimeoutMs: 30_000, statementTimeoutMs: 30_000 };
  const db = connectDatabase({ url, applicationName: "accepting", ...timeouts });
  const registry = new Registry();
  try {
    await work(createAcceptTogether(db, { maxWaiting, registry }), registry, db);
  } finally {
    await db.close();
  }
}

/** Lets no payment be stored until it is called. */
async function holdPayments({ pool } = testDatabase.db): Promise<() => Promise<void>> {
  const holder = await pool.connect();
  await holder.query("BEGIN");
  await holder.query("LOCK TABLE payments IN ACCESS EXCLUSIVE MODE");
  return async () => {
    await holder.query("ROLLBACK");
    holder.release();
  };
}

const underWay = async () =>
  (
    await testDatabase.db.pool.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'accepting' AND wait_event_type = 'Lock'`,
    )
  ).rows;
const isUnderWay = async () => (await underWay()).length > 0;
const stored = async (): Promise<number> =>
  (await testDatabase.db.pool.query("SELECT count(*)::int AS n FROM payments WHERE merchant_id = $1", [merchantId]))
    .rows[0].n;

describe("payments that are asked for at the same time", () => {
  test("share a statement and one word to the relay; one that is alone goes at once", async () => {
    const relay = await testDatabase.db.pool.connect();
    let words = 0;
    relay.on("notification", () => {
      words += 1;
    });
    await relay.query("LISTEN outbox");
    try {
      await withAccept(testDatabase.url, 500, async (accept, registry) => {
        const letGo = await holdPayments();
        const first = accept(request());
        await until(isUnderWay);
        const others = requests(20).map(accept);
        await letGo();
        expect(kinds(await Promise.all([first, ...others]))).toEqual(Array(21).fill("created"));
        const sizes = await registry.getSingleMetricAsString("payonce_payments_stored_together");
        expect(sizes).toMatch(/_sum 21\n.*_count 2$/);
      });
      await relay.query("SELECT 1");
      expect(words).toBe(2);
    } finally {
      await relay.query("UNLISTEN outbox");
      relay.release();
    }
  });

  test("are each answered for themselves: good, repeated, of one order, bad", async () => {
    await withAccept(testDatabase.url, 500, async (accept) => {
      const letGo = await holdPayments();
      const first = accept(request());
      await until(isUnderWay);
      const twice = request({ idempotencyKey: "twice" });
      const batch = [
        ...requests(15),
        twice,
        again(twice),
        request({ idempotencyKey: "order-a", orderReference: "o" }),
        request({ idempotencyKey: "order-b", orderReference: "o" }),
        request({ description: "a\0b" }),
      ];
      const results = Promise.all(batch.map(accept));
      await letGo();
      await first;
      const ends = ["created", "replayed", "created", "order_taken", "failed"];
      // Those that run alone after the bad one had failed them all may win in another order.
      expect(kinds(await results).slice(0, 15)).toEqual(Array(15).fill("created"));
      expect(
        kinds(await results)
          .slice(15)
          .sort(),
      ).toEqual(ends.sort());
      expect(new Set(idsOf(await results).slice(15, 17)).size).toBe(1);
      expect(await stored()).toBe(18);
    });
  });
});

describe("Postgres going away while a batch is stored", () => {
  test.each([
    ["before its commit, so that nothing is stored", "created"],
    ["after its commit, so that the answer is lost", "replayed"],
  ])("%s, is told to all; whoever asks again has one payment", async (_when, expected) => {
    const proxy = await startProxy(testDatabase.url);
    await withAccept(proxy.url, 500, async (accept) => {
      const letGo = await holdPayments();
      const batch = requests(6);
      const results = Promise.allSettled(batch.map(accept));
      await until(isUnderWay);
      if (expected === "created") {
        for (const { pid } of await underWay())
          await testDatabase.db.pool.query("SELECT pg_terminate_backend($1)", [pid]);
      } else proxy.cut();
      for (const result of await results)
        expect(result.status === "rejected" && isUnavailable(result.reason)).toBe(true);
      await letGo();
      // The server goes on with what it had been sent: nobody has told it that the other side is gone.
      await until(async () => (await stored()) === (expected === "created" ? 0 : 6));
      proxy.restore();
      expect(kinds(await Promise.all(batch.map((one) => accept(again(one)))))).toEqual(Array(6).fill(expected));
      expect(await stored()).toBe(6);
    });
    proxy.close();
  });
});

describe("more payments than may wait", () => {
  test("are refused at once, and those that wait are stored", async () => {
    await withAccept(testDatabase.url, 2, async (accept) => {
      const letGo = await holdPayments();
      const first = accept(request());
      await until(isUnderWay);
      const waiting = requests(2).map(accept);
      await expect(accept(request())).rejects.toThrow(SharedStatementFull);
      await letGo();
      expect(kinds(await Promise.all([first, ...waiting]))).toEqual(["created", "created", "created"]);
      expect(await stored()).toBe(3);
    });
  });

  test("are answered 503, and are one payment each once there is room", async () => {
    const api = await startTestApi({ maxPaymentsWaiting: 1 });
    const keys = Array.from({ length: 20 }, (_, i) => ({ "Idempotency-Key": `key-${i}` }));
    const letGo = await holdPayments(api.db);
    const answers = keys.map((key) => api.post(VALID, key).then((answer) => answer));
    await Promise.race(answers);
    await letGo();
    const refused = (await Promise.all(answers)).filter(({ status }) => status !== 202);
    expect(refused.filter(({ body }) => body.detail.startsWith("Too many requests are waiting."))).not.toEqual([]);
    for (const answer of refused) {
      expect(expectProblem(answer, 503, "busy")).toMatchObject({ retryable: true });
      expect(answer.headers["retry-after"]).toBe("1");
    }
    for (const key of keys) expect((await api.post(VALID, key)).status).toBe(202);
    expect(await countRows(api.db)).toMatchObject({ payments: 20, outbox: 20 });
    await api.stop();
  });
});
