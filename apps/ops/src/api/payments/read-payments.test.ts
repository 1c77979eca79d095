import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { openAnomaly, settleAttempts } from "@payonce/db";
import { acceptOne, claimOne, deadLetterOne, emptyTables, insertMerchant, settleRequest } from "@payonce/db/testing";
import { newId } from "@payonce/domain";
import { expectProblem, readAllPages, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(() => emptyTables(api.db, "payments"));

const make = async (count: number) => {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push(await acceptOne(api.db, api.merchantId));
  return ids;
};
const idsOf = (answer: { body: { data: { id: string }[] } }) => answer.body.data.map(({ id }) => id);
const list = (query = "") => api.as("viewer").get(`/payments${query}`);

describe("the list", () => {
  test("has every merchant's payments, newest first, ten at a time", async () => {
    const ids = await make(10);
    ids.push(await acceptOne(api.db, await insertMerchant(api.db), { orderReference: "order-7", amountMinor: 500 }));
    const answer = await list();
    expect(answer.body).toMatchObject({ object: "list", has_more: true, next_starting_after: ids[1] });
    expect(idsOf(answer)).toEqual(ids.toReversed().slice(0, 10));
    expect(answer.body.data[0]).toMatchObject({ amount: 500, order_reference: "order-7", status: "queued" });
  });

  test("visits each payment once, though new ones arrive between the pages", async () => {
    const ids = await make(6);
    const pages = readAllPages(api.as("viewer"), "/payments", 3);
    await make(2);
    const seen = (await pages).map(({ id }) => id).filter((id) => ids.includes(id));
    expect(seen).toEqual(ids.toReversed());
  });

  test("says that there is more exactly when there is", async () => {
    await make(3);
    for (const [limit, hasMore] of [[2, true], [3, false], [4, false]] as const) // biome-ignore format: a table
      expect((await list(`?limit=${limit}`)).body.has_more).toBe(hasMore);
  });

  test("is cut down by state and merchant", async () => {
    const [first, second] = await make(2);
    const dead = await deadLetterOne(api.db, api.merchantId);
    const theirs = await insertMerchant(api.db);
    const other = await acceptOne(api.db, theirs);
    await api.query("UPDATE payments SET status = 'canceled', next_action_at = NULL WHERE id = $1", first);
    expect(idsOf(await list("?status=canceled"))).toEqual([first]);
    expect(idsOf(await list("?status=dead_lettered"))).toEqual([dead]);
    expect(idsOf(await list("?status=queued"))).toEqual([other, second]);
    expect(idsOf(await list(`?status=queued&merchant_id=${theirs}`))).toEqual([other]);
    expect(idsOf(await list("?merchant_id=mer_nobody"))).toEqual([]);
  });

  test("finds a payment by its id, key, order or object at the provider, whole", async () => {
    const id = await acceptOne(api.db, api.merchantId, { orderReference: "order 7/ä", idempotencyKey: "key-7" });
    await api.query("UPDATE payments SET provider_object_id = 'pi_7' WHERE id = $1", id);
    await make(1);
    for (const search of [id, "order 7/ä", "key-7", "pi_7"])
      expect(idsOf(await list(`?search=${encodeURIComponent(search)}`))).toEqual([id]);
    for (const search of ["order", "key-", "' OR 1=1 --", "%"])
      expect(idsOf(await list(`?search=${encodeURIComponent(search)}`))).toEqual([]);
    expect(idsOf(await list(`?search=key-7&starting_after=${id}`))).toEqual([]);
  });

  test.each([
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["limit=1&limit=2", "limit"],
    ["starting_after=pay_1", "starting_after"],
    [`starting_after=${newId("att")}`, "starting_after"],
    ["status=paid", "status"],
    ["search=", "search"],
    ["search=a%00b", "search"],
    [`search=${"x".repeat(256)}`, "search"],
    ["merchant_id=a%00b", "merchant_id"],
    ["status[]=queued", "status[]"],
    ["__proto__=x", "__proto__"],
  ])("refuses ?%s", async (query, param) => {
    expectProblem(await list(`?${query}`), "parameter_invalid", param);
  });
});

describe("one payment", () => {
  test("has everything that is known of it", async () => {
    const id = await acceptOne(api.db, api.merchantId, { metadata: { camelCase: "kept" }, description: "Two books" });
    const claim = await claimOne(api.db, id);
    if (!claim) throw new Error("not claimed");
    const at = new Date().toISOString();
    const evidence = [{ operation: "create" as const, at, durationMs: 12, httpStatus: 429, requestId: "req_1" }];
    await settleAttempts(api.db.pool, [settleRequest(claim, { evidence })]);
    await openAnomaly(api.db.pool, {
      kind: "charged_though_declined",
      paymentId: id,
      providerObjectId: "pi_1",
      evidence: { amountMinor: 4200 },
    });
    await api.query(
      "INSERT INTO provider_events (id, type, payment_id, created_at) VALUES ('evt_1', 'payment_intent.created', $1, now())",
      id,
    );
    await api.as("operator").post(`/payments/${id}/cancel`, { reason: "ordered twice" });

    const { status, body } = await api.as("viewer").get(`/payments/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      object: "payment",
      status: "canceled",
      merchant_id: api.merchantId,
      amount: 4200,
      metadata: { camelCase: "kept" },
      description: "Two books",
      attempt_count: 1,
      attempts: [
        {
          number: 1,
          outcome: "not_executed",
          provider_calls: [{ operation: "create", at, duration_ms: 12, http_status: 429, request_id: "req_1" }],
        },
      ],
      webhooks: [{ id: "evt_1", type: "payment_intent.created" }],
      anomalies: [{ kind: "charged_though_declined", payment_id: id, evidence: { amount_minor: 4200 } }],
      actions: [{ action: "cancel", reason: "ordered twice", actor: "operator", via: "api" }],
      is_cut_off: false,
    });
    const kinds = body.timeline.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(["queued", "charging", "retry_wait", "anomaly", "canceled"]));
    expect(body.outbox.length).toBeGreaterThan(0);
  });
});
