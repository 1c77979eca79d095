import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { emptyTables } from "@payonce/db/testing";
import { createdPaymentSchema } from "@payonce/domain";
import request from "supertest";
import { addMerchant, countRows, expectProblem, moveTo, startTestApi, type TestApi, VALID } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(() => emptyTables(api.db, "payments"));

const withKey = (key: string) => ({ "Idempotency-Key": key });

describe("POST /v1/payments", () => {
  test("answers 202 with the queued payment and where to find it", async () => {
    const body = {
      ...VALID,
      currency: "EUR",
      order_reference: "order-1",
      description: "Tee, ☕ ×2",
      metadata: { basket: "7", constructor: "b" },
    };
    const answer = await api.post(body);
    expect(answer.status).toBe(202);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(answer.headers["idempotent-replayed"]).toBeUndefined();
    expect(answer.headers["request-id"]).toMatch(/^req_/);
    expect(answer.headers.location).toBe(`/v1/payments/${answer.body.id}`);
    expect(createdPaymentSchema.parse(answer.body)).toMatchObject({
      ...body,
      currency: "eur",
      status: "queued",
      outcome_unknown: false,
      attempts: 0,
      version: 1,
      failure_code: null,
    });
    const { client_secret: _, ...payment } = answer.body;
    expect((await api.get(answer.headers.location ?? "")).body).toEqual(payment);
  });

  test("stores the payment with its timeline row and the outbox row that gets it charged", async () => {
    await api.post();
    expect(await countRows(api.db)).toEqual({ payments: 1, outbox: 1, timeline: 1 });
  });

  test.each([1, 999_999_999_999])("takes the amount %p and gives it back unchanged", async (amount) => {
    expect((await api.post({ ...VALID, amount })).body.amount).toBe(amount);
  });

  test("shows no more of the payment than the documented fields", async () => {
    const { body } = await api.post();
    expect(Object.keys(body).sort()).toEqual(Object.keys(createdPaymentSchema.shape).sort());
  });
});

describe("an idempotency key", () => {
  test("is required", async () => {
    const answer = await request(api.url).post("/v1/payments").set({ authorization: api.authorization }).send(VALID);
    expectProblem(answer, 400, "idempotency_key_missing", "Idempotency-Key");
    expect((await countRows(api.db)).payments).toBe(0);
  });

  test.each([
    ["one character", "k"],
    ["255 characters", "k".repeat(255)],
    ["every visible ASCII character", '!#$%&()*+,-./:;<=>?@[]^_`{|}~"0Az'],
    ["as a quoted string", '"order-17"'],
    ["a UUID in which a card number's digits occur", "0174acbe-5bfb-4133-8177-76003b7a1680"],
  ])("may be %s", async (_what, key) => {
    const first = await api.post(VALID, withKey(key));
    const second = await api.post(VALID, withKey(key));
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body).toEqual(first.body);
  });

  test.each([
    ["256 characters", "k".repeat(256)],
    ["a blank in it", "a b"],
    ["only quotes", '""'],
    ["a quoted blank", '"a b"'],
    ["a tab in it", "a\tb"],
    ["a letter beyond ASCII", "schl\u00fcssel"],
    ["a card number", "4242424242424242"],
    ["a card number in quotes", '"order-4242-4242-4242-4242"'],
  ])("may not be or have %s", async (_what, key) => {
    const answer = await api.post(VALID, withKey(key));
    expectProblem(answer, 400, "idempotency_key_invalid", "Idempotency-Key");
    expect(answer.text).not.toContain("4242");
    expect((await countRows(api.db)).payments).toBe(0);
  });

  test("is the same bare and quoted", async () => {
    const bare = await api.post(VALID, withKey("order-17"));
    const quoted = await api.post(VALID, withKey('"order-17"'));
    expect(quoted.headers["idempotent-replayed"]).toBe("true");
    expect(quoted.body.id).toBe(bare.body.id);
  });

  test("with the same body answers with the first payment as it is now, and says that it is a replay", async () => {
    const first = await api.post(VALID, withKey("key-1"));
    await moveTo(api.db, first.body.id, "succeeded");
    const replay = await api.post(VALID, withKey("key-1"));
    expect(replay.status).toBe(202);
    expect(replay.headers["idempotent-replayed"]).toBe("true");
    expect(replay.headers.location).toBe(first.headers.location);
    expect(replay.body).toMatchObject({ id: first.body.id, status: "succeeded" });
    expect(await countRows(api.db)).toMatchObject({ payments: 1, outbox: 1 });
  });

  test("does not mind in which order and with what white space the fields come", async () => {
    const first = await api.post({ ...VALID, metadata: { a: "1", b: "2" } }, withKey("key-1"));
    const turned = `{ "metadata": {"b":"2", "a":"1"},\n "payment_method": "pm_card_visa", "currency": "eur", "amount": 4.2e3 }`;
    const replay = await request(api.url)
      .post("/v1/payments")
      .set({ authorization: api.authorization, "Content-Type": "application/json; charset=UTF-8", ...withKey("key-1") })
      .send(turned);
    expect(replay.headers["idempotent-replayed"]).toBe("true");
    expect(replay.body.id).toBe(first.body.id);
  });

  test.each([
    ["another amount", { ...VALID, amount: 4201 }],
    ["another currency", { ...VALID, currency: "usd" }],
    ["the same currency written otherwise, since the hash is over the body as sent", { ...VALID, currency: "EUR" }],
    ["another payment method", { ...VALID, payment_method: "pm_card_mastercard" }],
    ["another order", { ...VALID, order_reference: "order-2" }],
    ["a description", { ...VALID, description: "x" }],
    ["what would be the default, since the hash is over the body as sent", { ...VALID, metadata: {} }],
  ])("with %s is refused, and nothing is stored", async (_what, body) => {
    const first = await api.post(VALID, withKey("key-1"));
    const answer = await api.post(body, withKey("key-1"));
    expectProblem(answer, 422, "idempotency_key_reused", "Idempotency-Key");
    expect(answer.text).not.toContain(first.body.id);
    expect(await countRows(api.db)).toEqual({ payments: 1, outbox: 1, timeline: 1 });
    const { client_secret: _, ...payment } = first.body;
    expect((await api.get(`/v1/payments/${first.body.id}`)).body).toEqual(payment);
  });

  test("after a refused body is still free", async () => {
    expect((await api.post({ ...VALID, amount: 0 }, withKey("key-1"))).status).toBe(422);
    const answer = await api.post(VALID, withKey("key-1"));
    expect(answer.status).toBe(202);
    expect(answer.headers["idempotent-replayed"]).toBeUndefined();
  });

  test("makes one payment of 50 first requests at once, and all are told of it", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => api.post(VALID, withKey("key-1"))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers["idempotent-replayed"] === undefined)).toHaveLength(1);
    expect(await countRows(api.db)).toEqual({ payments: 1, outbox: 1, timeline: 1 });
  });

  test("lets one of two bodies at once win; whoever lost is told so", async () => {
    const bodies = Array.from({ length: 20 }, (_, i) => ({ ...VALID, amount: 1_000 + (i % 2) }));
    const answers = await Promise.all(bodies.map((body) => api.post(body, withKey("key-1"))));
    const won = answers.filter(({ status }) => status === 202);
    const lost = answers.filter(({ status }) => status === 422);
    expect([won.length, lost.length]).toEqual([10, 10]);
    expect(new Set(won.map(({ body }) => `${body.id} ${body.amount}`)).size).toBe(1);
    expect((await countRows(api.db)).payments).toBe(1);
  });

  test("of another merchant is another key", async () => {
    const other = await addMerchant(api.db);
    const ours = await api.post(VALID, withKey("key-1"));
    const theirs = await api.post(VALID, { ...withKey("key-1"), authorization: other.authorization });
    expect(theirs.status).toBe(202);
    expect(theirs.headers["idempotent-replayed"]).toBeUndefined();
    expect(theirs.body.id).not.toBe(ours.body.id);
    const changed = await api.post(
      { ...VALID, amount: 1 },
      { ...withKey("key-2"), authorization: other.authorization },
    );
    expect(changed.status).toBe(202);
    expect((await countRows(api.db)).payments).toBe(3);
  });

  test("sent twice in one request is refused rather than guessed", async () => {
    const answer = await api.post(VALID, { "Idempotency-Key": ["key-1", "key-2"] as never });
    expectProblem(answer, 400, "idempotency_key_invalid", "Idempotency-Key");
  });

  test("tells a client that went away without an answer the truth when it asks again", async () => {
    const key = withKey(randomUUID());
    const pending = api.post(VALID, key);
    pending.end(() => {});
    pending.abort();
    const answer = await api.post(VALID, key);
    expect(answer.status).toBe(202);
    expect((await countRows(api.db)).payments).toBe(1);
  });
});

describe("an order reference", () => {
  const order = { ...VALID, order_reference: "order-1" };

  test("with a live payment refuses a second one, and points to the first", async () => {
    const first = await api.post(order);
    const problem = expectProblem(await api.post(order), 409, "order_already_paid_for", "order_reference");
    expect(problem.payment).toBe(first.headers.location);
    expect(problem.retryable).toBe(false);
    expect(await countRows(api.db)).toEqual({ payments: 1, outbox: 1, timeline: 1 });
  });

  test("with a payment that succeeded refuses a second one", async () => {
    const first = await api.post(order);
    await moveTo(api.db, first.body.id, "succeeded");
    expectProblem(await api.post(order), 409, "order_already_paid_for", "order_reference");
  });

  test.each(["declined", "canceled"] as const)("is free again once its payment was %s", async (status) => {
    const first = await api.post(order);
    await moveTo(api.db, first.body.id, status);
    const second = await api.post(order);
    expect(second.status).toBe(202);
    expect(second.body.id).not.toBe(first.body.id);
  });

  test("does not stand in the way of a replay of its own payment", async () => {
    const first = await api.post(order, withKey("key-1"));
    const replay = await api.post(order, withKey("key-1"));
    expect(replay.status).toBe(202);
    expect(replay.body.id).toBe(first.body.id);
  });

  test("counts for less than the key: a declined payment's replay is a replay, though the order has a new one", async () => {
    const first = await api.post(order, withKey("key-1"));
    await moveTo(api.db, first.body.id, "declined");
    await api.post(order, withKey("key-2"));
    const replay = await api.post(order, withKey("key-1"));
    expect(replay.status).toBe(202);
    expect(replay.body).toMatchObject({ id: first.body.id, status: "declined" });
  });

  test("points to the live payment, not to the declined ones before it", async () => {
    for (let i = 0; i < 3; i++) await moveTo(api.db, (await api.post(order)).body.id, "declined");
    const live = await api.post(order);
    expect((await api.post(order)).body.payment).toBe(live.headers.location);
  });

  test("never leads to another merchant's payment, whatever keys and orders the two have in common", async () => {
    const theirs = await api.post(order, withKey("key-1"));
    const { authorization } = await addMerchant(api.db);
    const ours = await api.post(order, { ...withKey("key-2"), authorization });
    // Our order is taken, by our own payment; the key and the order are also theirs.
    const answer = await api.post(order, { ...withKey("key-1"), authorization });
    const problem = expectProblem(answer, 409, "order_already_paid_for", "order_reference");
    expect(problem.payment).toBe(ours.headers.location);
    expect(answer.text).not.toContain(theirs.body.id);
  });

  test("of another merchant is another order", async () => {
    const other = await addMerchant(api.db);
    expect((await api.post(order)).status).toBe(202);
    expect((await api.post(order, { authorization: other.authorization })).status).toBe(202);
  });

  test("takes one of 30 tabs that pay at once, each with a key of its own", async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => api.post(order)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(29);
    const winner = answers.find(({ status }) => status === 202);
    for (const { status, body } of answers) if (status === 409) expect(body.payment).toBe(winner?.headers.location);
    expect(await countRows(api.db)).toEqual({ payments: 1, outbox: 1, timeline: 1 });
  });
});
