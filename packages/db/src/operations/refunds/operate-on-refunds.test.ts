import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  createTestDatabase,
  deadLetterOneRefund,
  emptyTables,
  insertMerchant,
  refundOne,
  succeedOne,
  TEST_ACTOR,
} from "../../testing.ts";
import { findPaymentsForOperators } from "../find-payments-for-operators.ts";
import { groupDeadLetters } from "../group-dead-letters.ts";
import { lookUp } from "../look-up.ts";
import { readDeadLetterFacets } from "../read-dead-letter-facets.ts";
import { searchDeadLetters } from "../search-dead-letters.ts";
import { discardRefund } from "./discard-refund.ts";
import { listRefundsForOperators } from "./list-refunds-for-operators.ts";
import { lookUpRefund } from "./look-up-refund.ts";
import { readRefundOverview } from "./read-refund-overview.ts";
import { resolveRefund } from "./resolve-refund.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());
beforeEach(() => emptyTables(testDatabase.db, "payments"));

const rows = async (sql: string, ...values: unknown[]) => (await testDatabase.db.pool.query(sql, values)).rows;
const pool = () => testDatabase.db.pool;
const dead = (options = {}) => deadLetterOneRefund(testDatabase.db, merchantId, options);
const read = async (id: string) => (await rows("SELECT * FROM refunds WHERE id = $1", id))[0];
const paymentOf = async (id: string) =>
  (await rows("SELECT p.* FROM payments p JOIN refunds r ON r.payment_id = p.id WHERE r.id = $1", id))[0];
const auditOf = (id: string) => rows("SELECT action, payment_id, reason, after FROM audit_log WHERE target = $1", id);
const timelineOf = (id: string) => rows("SELECT kind, code FROM timeline WHERE refund_id = $1 ORDER BY version", id);
/** The last request is answered for long ago, so nothing of it can still arrive. */
const makeQuiet = (id: string) =>
  rows("UPDATE refunds SET last_sent_at = now() - interval '31 minutes' WHERE id = $1", id);

const seen = { evidence: "dashboard: re_1 succeeded", reason: "the key is gone" };
const resolve = (id: string, overrides: Partial<Parameters<typeof resolveRefund>[3]> = {}, version = 1) => {
  const resolution = { outcome: "failed" as const, providerRefundId: null, ...seen, ...overrides };
  return resolveRefund(pool(), TEST_ACTOR, { id, version }, resolution);
};

describe("discarding a dead letter", () => {
  test("ends it as failed, gives its amount back, tells of it and says who did it", async () => {
    const id = await dead();
    const { version } = await paymentOf(id);
    expect(await discardRefund(pool(), TEST_ACTOR, { id, version: 1 }, "paid back in cash")).toMatchObject({
      result: "discarded",
      refund: { status: "failed", version: 2 },
    });
    expect(await read(id)).toMatchObject({ failure_code: "discarded_by_operator", dead_letter_reason: null });
    expect(await paymentOf(id)).toMatchObject({
      version: version + 1,
      refund_reserved_minor: "0",
      refunded_minor: "0",
    });
    expect((await timelineOf(id)).at(-1)).toEqual({ kind: "refund_failed", code: "operator_discard" });
    expect(await auditOf(id)).toMatchObject([{ action: "discard_refund", reason: "paid back in cash" }]);
    expect(await rows("SELECT 1 FROM outbox WHERE kind = 'event' AND version = $1", version + 1)).toHaveLength(1);
  });

  test("is refused while the money may have moved, and keeps the amount", async () => {
    const id = await dead({ outcomeUnknown: true });
    const shown = await dead();
    await rows("UPDATE refunds SET provider_refund_id = 're_9' WHERE id = $1", shown);
    for (const one of [id, shown]) {
      expect(await discardRefund(pool(), TEST_ACTOR, { id: one }, "x")).toMatchObject({ result: "outcome_unknown" });
      expect(await paymentOf(one)).toMatchObject({ refund_reserved_minor: "1000" });
      expect(await auditOf(one)).toEqual([]);
    }
  });

  test("by many at once, or on an old page, has one effect and one entry", async () => {
    const id = await dead();
    const presses = Array.from({ length: 5 }, () => discardRefund(pool(), TEST_ACTOR, { id, version: 1 }, "x"));
    const results = (await Promise.all(presses)).map(({ result }) => result);
    expect(results.toSorted()).toEqual(["discarded", ...Array(4).fill("not_dead_lettered")]);
    expect(await auditOf(id)).toHaveLength(1);
    const other = await dead();
    expect(await discardRefund(pool(), TEST_ACTOR, { id: other, version: 2 }, "x")).toMatchObject({
      result: "changed",
    });
  });
});

describe("resolving a dead letter", () => {
  test("as succeeded counts the money as gone back, under the provider's id", async () => {
    const id = await dead({ outcomeUnknown: true });
    expect(await resolve(id, { outcome: "succeeded" })).toMatchObject({ result: "no_provider_refund" });
    expect(await resolve(id, { outcome: "succeeded", providerRefundId: "re_1" })).toMatchObject({ result: "resolved" });
    expect(await read(id)).toMatchObject({
      status: "succeeded",
      outcome_unknown: false,
      provider_refund_id: "re_1",
      failure_code: null,
    });
    expect(await paymentOf(id)).toMatchObject({ refund_reserved_minor: "1000", refunded_minor: "1000" });
    expect(await auditOf(id)).toMatchObject([{ action: "resolve_refund", after: { evidence: seen.evidence } }]);
  });

  test("as failed gives the amount back, but not while a request may still arrive", async () => {
    const id = await dead({ outcomeUnknown: true });
    expect(await resolve(id)).toMatchObject({ result: "on_its_way" });
    expect(await paymentOf(id)).toMatchObject({ refund_reserved_minor: "1000" });
    await makeQuiet(id);
    expect(await resolve(id)).toMatchObject({ result: "resolved", refund: { status: "failed" } });
    expect(await read(id)).toMatchObject({ failure_code: "resolved_by_operator", outcome_unknown: false });
    expect(await paymentOf(id)).toMatchObject({ refund_reserved_minor: "0", refunded_minor: "0" });
  });

  test("takes no refund of the provider's that is another's, or another than the one that was seen", async () => {
    const first = await dead({ outcomeUnknown: true });
    await resolve(first, { outcome: "succeeded", providerRefundId: "re_1" });
    const second = await dead({ outcomeUnknown: true });
    const asRe1 = { outcome: "succeeded", providerRefundId: "re_1" } as const;
    expect(await resolve(second, asRe1)).toMatchObject({ result: "provider_refund_taken" });
    await rows("UPDATE refunds SET provider_refund_id = 're_2' WHERE id = $1", second);
    expect(await resolve(second, asRe1)).toMatchObject({ result: "other_provider_refund" });
    expect(await resolve(second, { outcome: "succeeded" })).toMatchObject({ result: "resolved" });
  });

  test("is about what was looked at, and about dead letters alone", async () => {
    const id = await dead();
    expect(await resolve(id, {}, 2)).toMatchObject({ result: "changed" });
    expect(await resolve(await refundOne(testDatabase.db, merchantId))).toMatchObject({ result: "not_dead_lettered" });
    expect(await resolve("ref_nobody")).toEqual({ result: "not_found" });
    expect(await auditOf(id)).toEqual([]);
  });
});

describe("looking up", () => {
  test("has the provider's list read, where anything can be in it", async () => {
    const id = await dead();
    expect(await lookUpRefund(pool(), TEST_ACTOR, id, "x")).toMatchObject({ result: "asked" });
    const asked = await rows("SELECT refund_id FROM outbox WHERE kind = 'refund_look'");
    expect(asked).toEqual([{ refund_id: id }]);
    const queued = await refundOne(testDatabase.db, merchantId);
    expect(await lookUpRefund(pool(), TEST_ACTOR, queued, "x")).toMatchObject({ result: "nothing_to_look_up" });
    expect(await auditOf(queued)).toEqual([]);
  });

  test("a payment that has refunds has their list read as well", async () => {
    const id = await dead();
    const { id: paymentId } = await paymentOf(id);
    const without = await succeedOne(testDatabase.db, merchantId);
    for (const one of [paymentId, without]) await lookUp(pool(), TEST_ACTOR, one, "x");
    const asked = (of: string) => rows("SELECT kind FROM outbox WHERE payment_id = $1 ORDER BY id DESC LIMIT 2", of);
    expect(await asked(paymentId)).toEqual(
      expect.arrayContaining([{ kind: "refunds_compare" }, { kind: "look_again" }]),
    );
    expect(await asked(without)).not.toContainEqual({ kind: "refunds_compare" });
  });
});

describe("what is seen", () => {
  test("dead letters are found, grouped and offered by kind", async () => {
    const id = await dead({ outcomeUnknown: true });
    const { id: paymentId, order_reference: order } = await paymentOf(id);
    const find = async (filter: Parameters<typeof searchDeadLetters>[1], kind: "payment" | "refund" = "refund") =>
      (await searchDeadLetters(pool(), filter, { limit: 10, kind })).deadLetters.map((letter) => letter.id);
    expect(await find({})).toEqual([id]);
    expect(await find({}, "payment")).toEqual([]);
    for (const search of [id, paymentId, order].filter(Boolean)) expect(await find({ search })).toEqual([id]);
    expect(await find({ outcomeUnknown: false })).toEqual([]);
    expect(await find({ merchantId, reason: "attempts_spent" })).toEqual([id]);
    expect(await find({ olderThanMs: 3_600_000 })).toEqual([]);
    expect(await groupDeadLetters(pool(), {}, "refund")).toMatchObject({
      count: 1,
      outcomeUnknown: 1,
      groups: [{ kind: "refund", reason: "attempts_spent", count: 1 }],
    });
    expect((await readDeadLetterFacets(pool())).reasons).toEqual(["attempts_spent"]);
  });

  test("a refund's id, key or provider's id leads to its payment", async () => {
    const id = await dead();
    await rows("UPDATE refunds SET provider_refund_id = 're_7' WHERE id = $1", id);
    const { idempotency_key: key, payment_id: paymentId } = await read(id);
    for (const search of [id, key, "re_7"])
      expect(await findPaymentsForOperators(pool(), search)).toMatchObject([{ id: paymentId }]);
  });

  test("lists go by state, the newest first, a page at a time", async () => {
    const [first, second, waiting] = [await dead(), await dead(), await refundOne(testDatabase.db, merchantId)];
    const list = async (filter: object) =>
      (await listRefundsForOperators(pool(), { limit: 10, ...filter })).refunds.map((refund) => refund.id);
    expect(await list({})).toEqual([waiting, second, first]);
    expect(await list({ status: "queued" })).toEqual([waiting]);
    expect(await list({ status: "dead_lettered", merchantId })).toEqual([second, first]);
    const page = await listRefundsForOperators(pool(), { status: "dead_lettered", limit: 1 });
    expect(page).toMatchObject({ refunds: [{ id: second }], hasMore: true });
    expect(await list({ status: "dead_lettered", before: second })).toEqual([first]);
  });

  test("the overview counts what moves, is unknown and waits for a person", async () => {
    expect(await readRefundOverview(pool())).toMatchObject({ moving: { count: 0 }, oldestUnknown: null });
    await dead({ outcomeUnknown: true });
    const unknown = await refundOne(testDatabase.db, merchantId);
    await rows(
      `UPDATE refunds SET status = 'unknown', outcome_unknown = true, key_sent_at = now(), last_sent_at = now() WHERE id = $1`,
      unknown,
    );
    await refundOne(testDatabase.db, merchantId);
    expect(await readRefundOverview(pool())).toMatchObject({
      moving: { count: 2, isMore: false, byState: { queued: 1, unknown: 1 } },
      oldestUnknown: { id: unknown, ageSeconds: expect.any(Number), nextActionAt: expect.any(Date) },
      deadLetters: { count: 1, outcomeUnknown: 1 },
    });
  });
});
