import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { emptyTables } from "@payonce/db/testing";
import { createdBrowserPaymentSchema, newId, type Problem } from "@payonce/domain";
import request, { type Response } from "supertest";
import { addMerchant, countRows, expectProblem, moveTo, startTestApi, type TestApi, VALID } from "../test-api.ts";
import { newSecret, openShop, SHOP, type TestShop } from "../test-shop.ts";

let api: TestApi;
let shop: TestShop;
beforeAll(async () => {
  api = await startTestApi();
  shop = await openShop(api);
});
afterAll(() => api.stop());
beforeEach(() => emptyTables(api.db, "payments"));

const withKey = (key: string, secret: string) => ({ "Idempotency-Key": key, "Payonce-Client-Secret": secret });

/** All of an answer that tells one from another: not when it was given, nor its number. */
function told({ status, headers, text }: Response) {
  const { date, "request-id": id, ...others } = headers as Record<string, string>;
  return { status, headers: others, text: text.replaceAll(id ?? "", "req_x") };
}

describe("with a publishable key a page creates a payment", () => {
  test("and is given the client secret, made of the payment's id and of what it has sent", async () => {
    const secret = newSecret();
    const answer = await shop.pay({ ...VALID, metadata: { margin: "low" } }, { "Payonce-Client-Secret": secret });
    expect(answer.status).toBe(202);
    expect(createdBrowserPaymentSchema.parse(answer.body)).toEqual(answer.body);
    expect(answer.body.client_secret).toBe(`${answer.body.id}_secret_${secret}`);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.text).not.toContain("margin");
    expect((await api.get(`/v1/payments/${answer.body.id}`)).body.metadata).toEqual({ margin: "low" });
  });

  test("and needs a secret of its own for it", async () => {
    const { "Payonce-Client-Secret": _, ...headers } = { ...withKey("key-1", ""), ...shop.page };
    const answer = await request(api.url).post("/v1/payments").set(headers).send(VALID);
    expectProblem(answer, 400, "client_secret_missing", "Payonce-Client-Secret");
    expect((await countRows(api.db)).payments).toBe(0);
  });

  test.each([
    ["too short", "a".repeat(31)],
    ["too long", "a".repeat(129)],
    ["with a blank", `${"a".repeat(20)} ${"b".repeat(20)}`],
    ["with a quote", `${"a".repeat(40)}"`],
    ["a card number, stretched", `4242424242424242-${"x".repeat(20)}`],
    ["two", `${"a".repeat(32)}, ${"b".repeat(32)}`],
  ])("and not with one that is %s", async (_what, secret) => {
    const answer = await shop.pay(VALID, { "Payonce-Client-Secret": secret });
    expect([answer.status, JSON.parse(answer.text).param]).toEqual([400, "Payonce-Client-Secret"]);
    expect(answer.text).not.toContain(secret.slice(0, 16));
    expect((await countRows(api.db)).payments).toBe(0);
  });

  test("but can list, cancel, refund and set up nothing", async () => {
    const { body } = await shop.pay();
    const agent = request(api.url);
    const headers = { ...shop.page, "Payonce-Client-Secret": body.client_secret };
    for (const call of [
      agent.get("/v1/payments"),
      agent.get("/v1/allowed_origins"),
      agent.put("/v1/allowed_origins").send({ origins: ["https://evil.example"] }),
      agent.post(`/v1/payments/${body.id}/cancel`),
      agent.post(`/v1/payments/${body.id}/refunds`).send({}),
      agent.get(`/v1/payments/${body.id}/refunds`),
      agent.get("/v1/webhook_endpoints"),
    ])
      expectProblem(await call.set(headers), 403, "secret_key_required", "Authorization");
    expect((await api.get(`/v1/payments/${body.id}`)).body.status).toBe("queued");
  });
});

describe("a replay with a publishable key", () => {
  const secret = newSecret();
  const mine = withKey("key-1", secret);

  test("brings the same secret, and is answered with the payment and its client secret", async () => {
    const first = await shop.pay(VALID, mine);
    await moveTo(api.db, first.body.id, "succeeded");
    const replay = await shop.pay(VALID, mine);
    expect([replay.status, replay.headers["idempotent-replayed"]]).toEqual([202, "true"]);
    expect(replay.body).toMatchObject({
      id: first.body.id,
      status: "succeeded",
      client_secret: first.body.client_secret,
    });
    expect((await countRows(api.db)).payments).toBe(1);
  });

  const byAPage = () => shop.pay(VALID, mine);
  const byABackend = () => api.post(VALID, { "Idempotency-Key": "key-1" });
  const byABackendWithASecret = () => api.post(VALID, mine);
  const ofAnotherBody = () => shop.pay({ ...VALID, amount: 1 }, mine);

  test.each<[string, () => request.Test]>([
    ["that another page has made, with the same body", byAPage],
    ["that a backend has made, with the same body", byABackend],
    ["that a backend has made with a secret, with the same body", byABackendWithASecret],
    ["that another page has made, with another body", ofAnotherBody],
  ])("of a payment %s, but with another secret, shows nothing", async (_what, create) => {
    const { body } = await create();
    const guessed = await shop.pay(VALID, withKey("key-1", newSecret()));
    expectProblem(guessed, 422, "idempotency_key_reused", "Idempotency-Key");
    expect(guessed.text).not.toContain(body.id);
    expect((await countRows(api.db)).payments).toBe(1);
  });

  test("is told the same, to the byte, whatever it is that it does not fit", async () => {
    const answers: object[] = [];
    for (const create of [byAPage, byABackend, byABackendWithASecret, ofAnotherBody]) {
      await emptyTables(api.db, "payments");
      await create();
      answers.push(told(await shop.pay(VALID, withKey("key-1", newSecret()))));
      answers.push(told(await shop.pay({ ...VALID, amount: 2 }, mine)));
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test("without a secret is told the same whether or not there is such a payment", async () => {
    const guess = () =>
      request(api.url).post("/v1/payments").set(shop.page).set("Idempotency-Key", "key-1").send(VALID);
    const before = told(await guess());
    await byAPage();
    expect(told(await guess())).toEqual(before);
    expect(before.status).toBe(400);
  });

  test("with the client secret that a backend was given is none: a page creates what it has made itself", async () => {
    const { body } = await byABackend();
    const derived = body.client_secret.split("_secret_")[1];
    expectProblem(await shop.pay(VALID, withKey("key-1", derived)), 422, "idempotency_key_reused", "Idempotency-Key");
  });

  test("of another merchant's payment is a payment of its own", async () => {
    const first = await byAPage();
    const { merchantId } = await addMerchant(api.db);
    const other = await openShop(api, merchantId);
    const answer = await other.pay(VALID, mine);
    expect([answer.status, answer.headers["idempotent-replayed"]]).toEqual([202, undefined]);
    expect(answer.body.id).not.toBe(first.body.id);
  });

  test("makes one payment of 30 clicks at once", async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => shop.pay(VALID, mine)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body.client_secret)).size).toBe(1);
    expect((await countRows(api.db)).payments).toBe(1);
  });

  test("lets one of two who race for a key win, and tells the other nothing of it", async () => {
    const secrets = [newSecret(), newSecret()];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => shop.pay(VALID, withKey("key-1", secrets[i % 2] ?? ""))),
    );
    const winner = answers.find(({ status }) => status === 202)?.body.id;
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(10);
    for (const { status, text } of answers)
      if (status !== 202) expect([status, text.includes(winner)]).toEqual([422, false]);
  });
});

describe("an order that is taken", () => {
  const order = { ...VALID, order_reference: "order-1" };
  const orderProblem = (answer: Response): Problem =>
    expectProblem(answer, 409, "order_already_paid_for", "order_reference");

  test("does not lead a page to another customer's payment", async () => {
    const first = await shop.pay(order);
    const answer = await shop.pay(order);
    expect(orderProblem(answer)).not.toHaveProperty("payment");
    expect(JSON.stringify([answer.headers, answer.text])).not.toContain(first.body.id);
  });

  test("does not lead a page to a payment of the merchant's backend", async () => {
    await api.post(order);
    expect(orderProblem(await shop.pay(order))).not.toHaveProperty("payment");
  });

  test("leads to the payment in the way whoever has made it, and a secret key", async () => {
    const secret = newSecret();
    const first = await shop.pay(order, { "Payonce-Client-Secret": secret });
    const again = await shop.pay(order, { "Payonce-Client-Secret": secret });
    expect(orderProblem(again).payment).toBe(first.headers.location);
    expect(orderProblem(await api.post(order)).payment).toBe(first.headers.location);
  });
});

describe("a client secret", () => {
  const paths = (id: string) => [`/v1/payments/${id}`, `/v1/payments/${id}?wait=1`, `/v1/payments/${id}/events`];

  test("opens its payment, its wait and its events", async () => {
    const { body } = await shop.pay();
    await moveTo(api.db, body.id, "succeeded");
    for (const path of paths(body.id)) expect((await shop.read(path, body.client_secret)).status).toBe(200);
    const { client_secret: _, ...payment } = body;
    const read = await shop.read(`/v1/payments/${body.id}`, body.client_secret);
    expect(Object.keys(read.body).sort()).toEqual(Object.keys(payment).sort());
  });

  test("opens its live events, which leave out what is the merchant's", async () => {
    const { body } = await shop.pay({ ...VALID, metadata: { margin: "low" } });
    await api.db.pool.query(
      `UPDATE payments SET status = 'declined', version = 2, next_action_at = NULL, failure_code = 'stolen_card' WHERE id = $1`,
      [body.id],
    );
    await api.db.pool.query(
      "INSERT INTO timeline (payment_id, version, kind, code) VALUES ($1, 2, 'declined', 'stolen_card')",
      [body.id],
    );
    const path = `/v1/payments/${body.id}/events`;
    const live = await shop.read(path, body.client_secret, { Accept: "text/event-stream" });
    const list = await shop.read(path, body.client_secret);
    const one = await shop.read(`/v1/payments/${body.id}`, body.client_secret);
    for (const { text } of [live, list, one]) {
      expect(text).toContain("generic_decline");
      expect(text).not.toMatch(/margin|metadata|stolen/);
    }
    // The merchant sees both, also while a page listens.
    const mine = await api.get(path, { Accept: "text/event-stream" });
    expect(mine.text).toMatch(/margin.*|stolen_card/);
    expect(mine.text).toContain("margin");
    expect(mine.text).toContain("stolen_card");
  });

  test("of a payment that a backend has made is derived, and each replay brings the same", async () => {
    const key = { "Idempotency-Key": randomUUID() };
    const first = await api.post(VALID, key);
    const replay = await api.post(VALID, key);
    expect(first.body.client_secret).toMatch(new RegExp(`^${first.body.id}_secret_[\\w-]{43}$`));
    expect(replay.body.client_secret).toBe(first.body.client_secret);
    for (const path of paths(first.body.id).slice(0, 1))
      expect((await shop.read(path, first.body.client_secret)).status).toBe(200);
    const other = await api.post();
    expect(other.body.client_secret.split("_secret_")[1]).not.toBe(first.body.client_secret.split("_secret_")[1]);
  });

  test("may be made by a backend as well, and is then a part of its request", async () => {
    const headers = withKey("key-1", newSecret());
    const first = await api.post(VALID, headers);
    expect((await api.post(VALID, headers)).body.client_secret).toBe(first.body.client_secret);
    for (const others of [{ "Idempotency-Key": "key-1" }, withKey("key-1", newSecret())])
      expectProblem(await api.post(VALID, others), 422, "idempotency_key_reused", "Idempotency-Key");
  });

  test("opens no other payment, and what it does not open is not found", async () => {
    const secret = newSecret();
    const [mine, derived] = [await shop.pay(VALID, { "Payonce-Client-Secret": secret }), await api.post()];
    const theirs = await shop.pay();
    const nobodys = newId("pay");
    const wrong = (id: string): string[] => [
      mine.body.client_secret,
      derived.body.client_secret,
      `${id}_secret_${secret}`,
      `${id}_secret_${derived.body.client_secret.split("_secret_")[1]}`,
      `${theirs.body.client_secret}x`,
      theirs.body.client_secret.slice(0, -1),
      theirs.body.client_secret.toUpperCase(),
      theirs.body.client_secret.split("_secret_")[1],
      `${id}_secret_`,
      id,
      "",
    ];
    for (const guess of wrong(theirs.body.id)) {
      const { status, text } = told(await shop.read(`/v1/payments/${theirs.body.id}`, guess));
      const none = told(await shop.read(`/v1/payments/${nobodys}`, guess));
      expect(status).toBe(404);
      expect(text.replaceAll(theirs.body.id, "pay_x")).toBe(none.text.replaceAll(nobodys, "pay_x"));
    }
    for (const path of paths(theirs.body.id))
      expectProblem(await shop.read(path, mine.body.client_secret), 404, "payment_not_found");
  });

  test("names its payment, also where a page has used one secret for two", async () => {
    const same = { "Payonce-Client-Secret": newSecret() };
    const [one, other] = [await shop.pay(VALID, same), await shop.pay(VALID, same)];
    const path = `/v1/payments/${other.body.id}`;
    expectProblem(await shop.read(path, one.body.client_secret), 404, "payment_not_found");
    expect((await shop.read(path, other.body.client_secret)).status).toBe(200);
  });

  test("is the one that was made, where one was: what would have been derived opens nothing", async () => {
    const { body } = await api.post();
    await api.db.pool.query("UPDATE payments SET client_secret_hash = sha256('x') WHERE id = $1", [body.id]);
    expectProblem(await shop.read(`/v1/payments/${body.id}`, body.client_secret), 404, "payment_not_found");
  });

  test("is needed, and one of a payment that is not there is missed like one that is", async () => {
    const { body } = await shop.pay();
    for (const path of [...paths(body.id), ...paths(newId("pay"))]) {
      const answer = await request(api.url).get(path).set(shop.page);
      expectProblem(answer, 400, "client_secret_missing", "Payonce-Client-Secret");
    }
  });

  test("opens nothing with the key of another merchant", async () => {
    const { body } = await shop.pay();
    const { merchantId } = await addMerchant(api.db);
    const other = await openShop(api, merchantId);
    expectProblem(await other.read(`/v1/payments/${body.id}`, body.client_secret), 404, "payment_not_found");
  });

  test("in a query is refused: addresses are logged along the way", async () => {
    const { body } = await shop.pay();
    const path = `/v1/payments/${body.id}?client_secret=${body.client_secret}`;
    const answer = await request(api.url).get(path).set(shop.page);
    expect([answer.status, answer.text.includes(body.client_secret)]).toEqual([400, false]);
  });

  test("is in no table and in no log", async () => {
    const secret = newSecret();
    const made = await shop.pay(VALID, { "Payonce-Client-Secret": secret });
    const derived = await api.post();
    await shop.read(`/v1/payments/${made.body.id}`, made.body.client_secret);
    await shop.read(`/v1/payments/${made.body.id}?client_secret=${made.body.client_secret}`, "x");
    await shop.read(`/v1/payments/${made.body.client_secret}`, made.body.client_secret);
    const secrets = [secret, derived.body.client_secret.split("_secret_")[1]];
    const { rows } = await api.db.pool.query(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    );
    let stored = api.lines.join("\n");
    for (const { name } of rows)
      stored += JSON.stringify((await api.db.pool.query(`SELECT t::text FROM ${name} t`)).rows);
    expect(stored).toContain(made.body.id);
    for (const one of secrets) {
      // Also as the text of a bytea.
      for (const spelling of [one, Buffer.from(one).toString("hex")]) expect(stored.includes(spelling)).toBe(false);
    }
  });
});

test("a page of our own host, whose GET names no origin, reads with the client secret alone", async () => {
  const { body } = await shop.pay();
  const { Origin: _, ...headers } = shop.page;
  const read = request(api.url).get(`/v1/payments/${body.id}`).set(headers);
  expect((await read.set("Payonce-Client-Secret", body.client_secret)).status).toBe(200);
  expect(SHOP).toBe(shop.page.Origin);
});
