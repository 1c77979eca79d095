import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { claimPayments } from "./claim.ts";
import { readNextWake } from "./next-wake.ts";
import { pauseQueue, resumeQueue } from "./operations/pause-queue.ts";
import { settleAttempts } from "./settle.ts";
import { storeProviderObject } from "./store-provider-object.ts";
import {
  acceptOne,
  claimOne,
  createTestDatabase,
  insertMerchant,
  makeDue,
  settleRequest,
  TEST_ACTOR,
  TEST_IDENTITY,
} from "./testing.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const newPayment = () => acceptOne(testDatabase.db, merchantId);
const claim = (id: string, leaseMs?: number, forced?: boolean) => claimOne(testDatabase.db, id, leaseMs, forced);
const mustClaim = async (id: string) => {
  const won = await claim(id);
  if (!won) throw new Error("expected to win the claim");
  return won;
};
const settle = async (request: Parameters<typeof settleAttempts>[1][number]) =>
  (await settleAttempts(testDatabase.db.pool, [request])).get(request.attemptId);
const store = (paymentId: string, version: number, objectId = `pi_${paymentId}`) =>
  storeProviderObject(testDatabase.db.pool, { paymentId, version, objectId, mayHaveCharged: false });
const mustStore = async (paymentId: string, version: number) => Number(await store(paymentId, version));
const one = async (sql: string, id: string) => (await testDatabase.db.pool.query(sql, [id])).rows;
const read = async (id: string) => (await one("SELECT * FROM payments WHERE id = $1", id))[0];
const outboxOf = async (id: string) =>
  (await one("SELECT kind FROM outbox WHERE payment_id = $1 ORDER BY id", id)).map(({ kind }) => kind as string);

describe("a claim", () => {
  test("announces the attempt before anything can be sent", async () => {
    const id = await newPayment();
    const won = await mustClaim(id);
    expect(won).toMatchObject({
      version: 2,
      attempts: 1,
      amountMinor: 4200,
      providerObjectId: null,
      outcomeUnknown: false,
    });
    expect(await one("SELECT id, number, outcome FROM attempts WHERE payment_id = $1", id)).toEqual([
      { id: won.attemptId, number: 1, outcome: null },
    ]);
  });

  test("is won by one of 30 that try at once", async () => {
    const id = await newPayment();
    const claims = await Promise.all(Array.from({ length: 30 }, () => claim(id)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test("is not given while another's lease lives, not even with new evidence", async () => {
    const id = await newPayment();
    await mustClaim(id);
    expect(await claim(id)).toBeUndefined();
    expect(await claim(id, 60_000, true)).toBeUndefined();
  });

  test("is given before its time only with new evidence, which spends no try of the schedule", async () => {
    const id = await newPayment();
    const won = await mustClaim(id);
    const version = await mustStore(id, won.version);
    await settle(settleRequest({ ...won, version }, { waitMs: 3_600_000 }));
    expect(await claim(id)).toBeUndefined();
    expect(await claim(id, 60_000, true)).toMatchObject({ attempts: 2, tries: 1, isHinted: true });
  });

  test("is not given for evidence about a payment that has no object to look at", async () => {
    const id = await newPayment();
    const won = await mustClaim(id);
    await settle(settleRequest(won, { waitMs: 3_600_000 }));
    expect(await claim(id, 60_000, true)).toBeUndefined();
  });

  test("keeps for good at which account and API version the payment is charged", async () => {
    const id = await newPayment();
    const won = await mustClaim(id);
    expect(won).toMatchObject({ providerAccount: "acct_test", providerApiVersion: "2026-01-01" });
    await settle(settleRequest(won));
    const elsewhere = { account: "acct_other", apiVersion: "2027-01-01" };
    const request = { attemptId: newId("att"), paymentId: id, forced: false };
    const [again] = await claimPayments(testDatabase.db.pool, [request], 60_000, elsewhere);
    expect(again).toMatchObject({ providerAccount: "acct_test", providerApiVersion: "2026-01-01" });
  });

  test("says when a payment is older than the provider's memory of keys", async () => {
    const [young, old] = [await newPayment(), await newPayment()];
    await one("UPDATE payments SET created_at = now() - interval '24 hours' WHERE id = $1", old);
    expect(await claim(young)).toMatchObject({ isOlderThanKeys: false });
    expect(await claim(old)).toMatchObject({ isOlderThanKeys: true });
  });

  test("is given to nobody while an operator has paused the queue, and again afterwards", async () => {
    const id = await newPayment();
    await pauseQueue(testDatabase.db.pool, TEST_ACTOR, "charges", "provider maintenance");
    expect(await claim(id)).toBeUndefined();
    expect((await readNextWake(testDatabase.db.pool, id))?.waitMs).toBe(5_000);
    await resumeQueue(testDatabase.db.pool, TEST_ACTOR, "charges", "it is over");
    expect(await claim(id)).toBeDefined();
  });

  test("after a lease that ended without a stored object leaves the outcome known: nothing could be confirmed", async () => {
    const id = await newPayment();
    await mustClaim(id);
    await makeDue(testDatabase.db, id);
    expect(await claim(id)).toMatchObject({ attempts: 2, outcomeUnknown: false });
  });

  test("after a lease that ended with a stored object makes the outcome unknown: it may have been confirmed", async () => {
    const id = await newPayment();
    const won = await mustClaim(id);
    await store(id, won.version);
    await makeDue(testDatabase.db, id);
    expect(await claim(id)).toMatchObject({ attempts: 2, outcomeUnknown: true, providerObjectId: `pi_${id}` });
  });

  test.each(["succeeded", "declined", "dead_lettered"] as const)(
    "is never given on a payment that is %s",
    async (status) => {
      const id = await newPayment();
      const won = await mustClaim(id);
      const version = await mustStore(id, won.version);
      const deadLetterReason = status === "dead_lettered" ? "attempts_spent" : null;
      await settle(settleRequest({ ...won, version }, { status, waitMs: null, outcome: "unknown", deadLetterReason }));
      expect(await claim(id, 60_000, true)).toBeUndefined();
    },
  );

  test("of a batch in any order, with repetitions, raced by others, is won once for each payment", async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, newPayment));
    const batches = Array.from({ length: 8 }, (_, n) =>
      [...ids.slice(n), ...ids.slice(0, n), ...ids.slice(0, 3)].map((paymentId) => ({
        attemptId: newId("att"),
        paymentId,
        forced: false,
      })),
    );
    const won = (
      await Promise.all(batches.map((batch) => claimPayments(testDatabase.db.pool, batch, 60_000, TEST_IDENTITY)))
    ).flat();
    expect(won.map(({ id }) => id).sort()).toEqual([...ids].sort());
  });
});

describe("storing the provider's object", () => {
  test("happens once, and only for the one who holds the claim", async () => {
    const id = await newPayment();
    const won = await mustClaim(id);
    const stored = await Promise.all(["pi_1", "pi_2", "pi_3"].map((objectId) => store(id, won.version, objectId)));
    expect(stored.filter((version) => version !== "lost")).toEqual([3]);
    expect(await store(id, 3, "pi_4")).toBe("lost");
  });

  test("is refused for an object that another payment holds: one object is one charge", async () => {
    const [one, another] = [await newPayment(), await newPayment()];
    await store(one, (await mustClaim(one)).version, "pi_shared");
    const { version } = await mustClaim(another);
    expect(await store(another, version, "pi_shared")).toBe("taken");
  });

  test("is refused to a charger whose lease ended and whose payment another has claimed", async () => {
    const id = await newPayment();
    const slow = await mustClaim(id);
    await makeDue(testDatabase.db, id);
    await mustClaim(id);
    expect(await store(id, slow.version)).toBe("lost");
    expect((await read(id)).provider_object_id).toBeNull();
  });
});

describe("a settle", () => {
  test("moves the payment, ends the attempt, and leaves its timeline and outbox rows", async () => {
    const id = await newPayment();
    const won = await mustClaim(id);
    const version = await mustStore(id, won.version);
    const succeeded = {
      status: "succeeded",
      outcome: "succeeded",
      waitMs: null,
      failureCode: null,
      code: null,
    } as const;
    expect(await settle(settleRequest({ ...won, version }, succeeded))).toBe(4);
    expect(await read(id)).toMatchObject({ status: "succeeded", version: 4, next_action_at: null });
    expect((await one("SELECT outcome FROM attempts WHERE payment_id = $1", id))[0]).toEqual({ outcome: "succeeded" });
    const timeline = await one("SELECT version, kind FROM timeline WHERE payment_id = $1 ORDER BY version", id);
    expect(timeline.map(({ kind }) => kind)).toEqual(["queued", "charging", "provider_object_stored", "succeeded"]);
    expect(await outboxOf(id)).toEqual(["accepted", "event"]);
  });

  test("that lost its claim changes nothing of the payment, keeps what it learned, and has it looked at again", async () => {
    const id = await newPayment();
    const stale = await mustClaim(id);
    await makeDue(testDatabase.db, id);
    const current = await mustClaim(id);
    const late = settleRequest(stale, { status: "succeeded", outcome: "succeeded", waitMs: null, code: null });
    expect(await settle(late)).toBeNull();
    expect(await read(id)).toMatchObject({ status: "charging", version: current.version });
    expect(await one("SELECT outcome FROM attempts WHERE payment_id = $1 ORDER BY number", id)).toEqual([
      { outcome: "succeeded" },
      { outcome: null },
    ]);
    expect(await outboxOf(id)).toEqual(["accepted", "look_again"]);
  });

  test("repeated after a lost answer has one effect", async () => {
    const id = await newPayment();
    const won = await mustClaim(id);
    const request = settleRequest(won);
    expect(await settle(request)).toBe(3);
    expect(await settle(request)).toBeNull();
    expect(await read(id)).toMatchObject({ status: "retry_wait", version: 3 });
  });

  test("as a dead letter asks for a dead-letter job", async () => {
    const id = await newPayment();
    const won = await mustClaim(id);
    await settle(settleRequest(won, { status: "dead_lettered", waitMs: null, deadLetterReason: "attempts_spent" }));
    expect(await outboxOf(id)).toEqual(["accepted", "dead_lettered"]);
  });

  test("in batches in any order, raced by stale ones, settles each payment once", async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, newPayment));
    const claims = await Promise.all(ids.map(mustClaim));
    const batches = Array.from({ length: 8 }, (_, n) =>
      [...claims.slice(n), ...claims.slice(0, n)].map((won) => settleRequest(won)),
    );
    const results = await Promise.all(batches.map((batch) => settleAttempts(testDatabase.db.pool, batch)));
    for (const { attemptId } of claims)
      expect(results.filter((versions) => versions.get(attemptId) === 3)).toHaveLength(1);
  });
});

describe("the table itself refuses", () => {
  test.each([
    ["a payment that forgets an unknown outcome", "status = 'retry_wait', outcome_unknown = true"],
    ["an unknown payment whose outcome is said to be known", "status = 'unknown', outcome_unknown = false"],
    [
      "an unknown outcome without an object that could have been confirmed",
      "outcome_unknown = true, status = 'charging', provider_object_id = NULL",
    ],
    [
      "a canceled payment with an unknown outcome",
      "status = 'canceled', outcome_unknown = true, next_action_at = NULL",
    ],
    ["success without a provider object", "status = 'succeeded', provider_object_id = NULL, next_action_at = NULL"],
    ["a final payment with a next action", "status = 'succeeded'"],
    ["a waiting payment without one", "status = 'retry_wait', next_action_at = NULL"],
    ["a dead letter without a reason", "status = 'dead_lettered', next_action_at = NULL"],
    ["a decline without a code", "status = 'declined', next_action_at = NULL"],
    ["a state that is none", "status = 'pending'"],
    ["an amount of nothing", "amount_minor = 0"],
  ])("%s", async (_what, change) => {
    const id = await newPayment();
    await one("UPDATE payments SET provider_object_id = 'pi_' || id WHERE id = $1", id);
    await expect(one(`UPDATE payments SET ${change} WHERE id = $1`, id)).rejects.toMatchObject({ code: "23514" });
  });
});

describe("the next wake", () => {
  test("is told by the database's clock, and is nothing for what moves no more", async () => {
    const id = await newPayment();
    const won = await mustClaim(id);
    const waiting = await readNextWake(testDatabase.db.pool, id);
    expect(waiting?.waitMs).toBeGreaterThan(0);
    expect(waiting?.waitMs).toBeLessThanOrEqual(60_000);
    await settle(settleRequest(won, { status: "declined", waitMs: null, outcome: "declined" }));
    expect(await readNextWake(testDatabase.db.pool, id)).toEqual({
      status: "declined",
      waitMs: null,
      cancelRequested: false,
    });
    expect(await readNextWake(testDatabase.db.pool, "pay_none")).toBeNull();
  });
});
