import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { settleRefund } from "@payonce/db";
import { claimedRefund, refundSettle, succeedOne } from "@payonce/db/testing";
import { newId, type PaymentState, paymentResourceSchema, REFUND_REASONS, refundResourceSchema } from "@payonce/domain";
import request from "supertest";
import { addApiKey, addMerchant, expectProblem, moveTo, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

/** A payment of 42.00 € that has been charged. */
const charged = (amountMinor = 4200) => succeedOne(api.db, api.merchantId, { amountMinor });
const refund = (id: string, body: object = {}, headers: Record<string, string> = {}) =>
  request(api.url)
    .post(`/v1/payments/${id}/refunds`)
    .set({ authorization: api.authorization, "Idempotency-Key": randomUUID(), ...headers })
    .send(body);
const withKey = (key: string) => ({ "Idempotency-Key": key });
const query = async (sql: string, ...values: unknown[]) => (await api.db.pool.query(sql, values)).rows;
const refundsIn = async (paymentId: string) =>
  (await query("SELECT count(*)::int AS count FROM refunds WHERE payment_id = $1", paymentId))[0].count as number;
/** What the charger makes of a refund. */
async function settle(id: string, status: "succeeded" | "failed"): Promise<void> {
  const claim = await claimedRefund(api.db, id);
  const failureCode = status === "failed" ? "lost_or_stolen_card" : null;
  const settled = { status, outcome: status, failureCode, waitMs: null, providerRefundId: `re_${id}` };
  await settleRefund(api.db.pool, refundSettle(claim, settled));
}

describe("POST /v1/payments/{id}/refunds", () => {
  test("answers 202 with the refund and where to find it", async () => {
    const id = await charged();
    const body = { amount: 1500, reason: "requested_by_customer", metadata: { case: "7" } };
    const answer = await refund(id, body);
    expect(answer.status).toBe(202);
    expect(answer.headers["idempotent-replayed"]).toBeUndefined();
    expect(answer.headers.location).toBe(`/v1/refunds/${answer.body.id}`);
    expect(refundResourceSchema.parse(answer.body)).toMatchObject({
      ...body,
      object: "refund",
      payment: id,
      currency: "eur",
      status: "queued",
      outcome_unknown: false,
      failure_code: null,
      attempts: 0,
      version: 1,
    });
    expect(Object.keys(answer.body).sort()).toEqual(Object.keys(refundResourceSchema.shape).sort());
    expect((await api.get(answer.headers.location ?? "")).body).toEqual(answer.body);
  });

  test("with an empty body refunds all that is left", async () => {
    const id = await charged();
    await refund(id, { amount: 1200 });
    expect((await refund(id)).body).toMatchObject({ amount: 3000, reason: null, metadata: {} });
  });

  test("of more than is left is refused with what is left, for people and for programs", async () => {
    const id = await charged();
    await refund(id, { amount: 4000 });
    const problem = expectProblem(await refund(id, { amount: 201 }), 409, "refund_exceeds_payment", "amount");
    expect(problem).toMatchObject({ amount_left: 200, payment: `/v1/payments/${id}`, retryable: false });
    expect(problem.detail).toMatch(/^2\.00 EUR is left/);
    expect((await refund(id, { amount: 200 })).status).toBe(202);
    expect(expectProblem(await refund(id), 409, "refund_exceeds_payment", "amount").amount_left).toBe(0);
  });

  test.each<[PaymentState, string]>([
    ["queued", "can be canceled"],
    ["declined", "never charged"],
    ["canceled", "never charged"],
  ])("of a %s payment is refused, and says why", async (status, why) => {
    const { body } = await api.post();
    if (status !== "queued") await moveTo(api.db, body.id, status);
    const problem = expectProblem(await refund(body.id, { amount: 1 }), 409, "payment_not_refundable");
    expect(problem.detail).toContain(`The payment is ${status}.`);
    expect(problem.detail).toContain(why);
    expect(problem.payment).toBe(`/v1/payments/${body.id}`);
    expect(await refundsIn(body.id)).toBe(0);
  });

  test("finds no payment of another merchant, and none that does not exist", async () => {
    const { authorization } = await addMerchant(api.db);
    const id = await charged();
    expectProblem(await refund(id, {}, { authorization }), 404, "payment_not_found");
    for (const other of [newId("pay"), "nonsense", "ref_01k9xzzzzzzzzzzzzzzzzzzzzz"])
      expectProblem(await refund(other), 404, "payment_not_found");
    expect(await refundsIn(id)).toBe(0);
  });

  test("takes a secret key and no other", async () => {
    const id = await charged();
    const publishable = `Bearer ${await addApiKey(api.db, api.merchantId, "publishable")}`;
    const answer = await refund(id, {}, { authorization: publishable });
    expect([401, 403]).toContain(answer.status);
    expect((await request(api.url).post(`/v1/payments/${id}/refunds`).send({})).status).toBe(401);
    expect(await refundsIn(id)).toBe(0);
  });
});

describe("the body of a refund", () => {
  test.each([
    ["no whole number", { amount: 1.5 }, "amount"],
    ["nothing", { amount: 0 }, "amount"],
    ["less than nothing", { amount: -1 }, "amount"],
    ["text", { amount: "100" }, "amount"],
    ["null", { amount: null }, "amount"],
    ["more than there can be", { amount: 1_000_000_000_000 }, "amount"],
    ["a reason of one's own", { reason: "because" }, "reason"],
    ["a reason in capitals", { reason: "Duplicate" }, "reason"],
    ["no reason at all, said aloud", { reason: null }, "reason"],
    ["metadata that is a list", { metadata: [] }, "metadata"],
    ["metadata that is no text", { metadata: { a: 1 } }, "metadata.a"],
    [
      "too much metadata",
      { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, "v"])) },
      "metadata",
    ],
    ["a metadata value that is too long", { metadata: { a: "x".repeat(501) } }, "metadata.a"],
    ["a NUL in metadata", { metadata: { a: "\0" } }, "metadata.a"],
    ["half a surrogate pair", { metadata: { a: "\ud800" } }, "metadata.a"],
    ["a misspelt field", { ammount: 100 }, "ammount"],
    ["the currency, which is the payment's", { amount: 100, currency: "eur" }, "currency"],
    ["the payment once more", { payment: "pay_1" }, "payment"],
  ])("may not have %s", async (_what, body, param) => {
    const id = await charged();
    expectProblem(await refund(id, body), 422, "field_invalid", param);
    expect(await refundsIn(id)).toBe(0);
  });

  test.each(REFUND_REASONS)("may give the reason %s", async (reason) => {
    expect((await refund(await charged(), { reason })).body).toMatchObject({ reason });
  });

  test.each([
    ["a card number in metadata", { metadata: { note: "4242 4242 4242 4242" } }],
    ["a card number as a key", { metadata: { "4242424242424242": "x" } }],
  ])("with %s is refused without repeating it", async (_what, body) => {
    const id = await charged();
    const answer = await refund(id, body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toContain("4242");
    expect(await refundsIn(id)).toBe(0);
  });

  test.each([
    ["no JSON", "{", 400],
    ["a list", "[]", 400],
    ["a key twice", '{"amount":1,"amount":2}', 400],
  ])("may not be %s", async (_what, text, status) => {
    const id = await charged();
    const answer = await request(api.url)
      .post(`/v1/payments/${id}/refunds`)
      .set({ authorization: api.authorization, "Content-Type": "application/json", ...withKey(randomUUID()) })
      .send(text);
    expect(answer.status).toBe(status);
    expect(await refundsIn(id)).toBe(0);
  });
});

describe("a refund's idempotency key", () => {
  test("is required, and must be one", async () => {
    const id = await charged();
    const bare = request(api.url).post(`/v1/payments/${id}/refunds`).set({ authorization: api.authorization }).send({});
    expectProblem(await bare, 400, "idempotency_key_missing", "Idempotency-Key");
    expectProblem(await refund(id, {}, withKey("a b")), 400, "idempotency_key_invalid", "Idempotency-Key");
    expect(await refundsIn(id)).toBe(0);
  });

  test("with the same body answers with the first refund as it is now, also when nothing is left", async () => {
    const id = await charged();
    const first = await refund(id, {}, withKey("again"));
    await settle(first.body.id, "succeeded");
    const replay = await refund(id, {}, withKey('"again"'));
    expect(replay.status).toBe(202);
    expect(replay.headers["idempotent-replayed"]).toBe("true");
    expect(replay.headers.location).toBe(first.headers.location);
    expect(replay.body).toMatchObject({ id: first.body.id, status: "succeeded" });
    expect(await refundsIn(id)).toBe(1);
  });

  test("with another body, or for another payment, is refused", async () => {
    const [id, other] = [await charged(), await charged()];
    await refund(id, { amount: 100 }, withKey("taken"));
    for (const [paymentId, body] of [
      [id, { amount: 101 }],
      [id, {}],
      [other, { amount: 100 }],
    ] as const)
      expectProblem(await refund(paymentId, body, withKey("taken")), 422, "idempotency_key_reused", "Idempotency-Key");
    expect(await refundsIn(other)).toBe(0);
  });

  test("is another one than a payment's of the same name", async () => {
    const { body } = await api.post(undefined, withKey("both"));
    await moveTo(api.db, body.id, "succeeded");
    expect((await refund(body.id, {}, withKey("both"))).status).toBe(202);
  });

  test("sent 20 times at once makes one refund", async () => {
    const id = await charged();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund(id, { amount: 100 }, withKey("race"))));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await refundsIn(id)).toBe(1);
  });
});

test("20 refunds at once for more than was charged never take more than there is", async () => {
  const id = await charged();
  const answers = await Promise.all(Array.from({ length: 20 }, () => refund(id, { amount: 1000 })));
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(4);
  const refused = answers.filter(({ status }) => status !== 202);
  expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(["refund_exceeds_payment"]));
  const [{ sum }] = await query("SELECT sum(amount_minor)::int FROM refunds WHERE payment_id = $1", id);
  expect(sum).toBe(4000);
});

describe("the payment", () => {
  const read = async (id: string) => paymentResourceSchema.parse((await api.get(`/v1/payments/${id}`)).body);

  test("stays succeeded, and tells what has gone back and what is on its way", async () => {
    const id = await charged();
    const sums = async () => {
      const { status, amount_refunded, amount_refund_pending, refund_status, version } = await read(id);
      expect(status).toBe("succeeded");
      return { amount_refunded, amount_refund_pending, refund_status, version };
    };
    const before = await sums();
    expect(before).toMatchObject({ amount_refunded: 0, amount_refund_pending: 0, refund_status: "none" });
    const { body: first } = await refund(id, { amount: 1200 });
    const after = await sums();
    expect(after).toMatchObject({ amount_refunded: 0, amount_refund_pending: 1200, refund_status: "pending" });
    expect(after.version).toBeGreaterThan(before.version);
    await settle(first.id, "succeeded");
    expect(await sums()).toMatchObject({ amount_refunded: 1200, amount_refund_pending: 0, refund_status: "partial" });
    const { body: second } = await refund(id);
    await settle(second.id, "failed");
    expect(await sums()).toMatchObject({ amount_refunded: 1200, amount_refund_pending: 0, refund_status: "partial" });
    const { body: third } = await refund(id);
    await settle(third.id, "succeeded");
    expect(await sums()).toMatchObject({ amount_refunded: 4200, refund_status: "full" });
  });
});

describe("GET", () => {
  test("/v1/refunds/{id} finds none of another merchant's, and none that does not exist", async () => {
    const { body } = await refund(await charged());
    const { authorization } = await addMerchant(api.db);
    expect((await api.get(`/v1/refunds/${body.id}`)).status).toBe(200);
    expectProblem(await api.get(`/v1/refunds/${body.id}`, { authorization }), 404, "refund_not_found");
    for (const id of [newId("ref"), "nonsense", newId("pay")])
      expectProblem(await api.get(`/v1/refunds/${id}`), 404, "refund_not_found");
  });

  test("/v1/refunds/{id} shows why one failed", async () => {
    const { body } = await refund(await charged());
    await settle(body.id, "failed");
    expect((await api.get(`/v1/refunds/${body.id}`)).body).toMatchObject({
      status: "failed",
      failure_code: "lost_or_stolen_card",
      next_attempt_at: null,
      attempts: 1,
    });
  });

  test("/v1/payments/{id}/refunds lists them newest first, a page at a time", async () => {
    const id = await charged();
    const ids: string[] = [];
    for (const amount of [1, 2, 3]) ids.push((await refund(id, { amount })).body.id);
    await refund(await charged());
    const path = `/v1/payments/${id}/refunds`;
    const page = await api.get(`${path}?limit=2`);
    expect(page.body).toMatchObject({ object: "list", has_more: true });
    expect(page.body.data.map((one: { id: string }) => one.id)).toEqual([ids[2], ids[1]]);
    const rest = await api.get(`${path}?limit=2&starting_after=${ids[1]}`);
    expect(rest.body).toMatchObject({ has_more: false, data: [{ id: ids[0], amount: 1 }] });
    for (const one of [...page.body.data, ...rest.body.data]) refundResourceSchema.parse(one);
  });

  test("/v1/payments/{id}/refunds of another merchant's payment finds nothing; odd queries are refused", async () => {
    const id = await charged();
    const { authorization } = await addMerchant(api.db);
    expectProblem(await api.get(`/v1/payments/${id}/refunds`, { authorization }), 404, "payment_not_found");
    expectProblem(await api.get(`/v1/payments/${id}/refunds?limit=0`), 400, "parameter_invalid", "limit");
    expectProblem(
      await api.get(`/v1/payments/${id}/refunds?starting_after=pay_1`),
      400,
      "parameter_invalid",
      "starting_after",
    );
    expectProblem(await api.get(`/v1/payments/${id}/refunds?status=failed`), 400, "parameter_invalid", "status");
  });

  test("and POST are all there is", async () => {
    const id = await charged();
    const answer = await request(api.url)
      .delete(`/v1/payments/${id}/refunds`)
      .set({ authorization: api.authorization });
    expectProblem(answer, 405, "method_not_allowed");
    expect(answer.headers.allow).toBe("GET, HEAD, POST");
  });
});
