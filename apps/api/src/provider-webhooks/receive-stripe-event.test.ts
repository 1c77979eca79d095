import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readInstallationId } from "@payonce/db";
import { acceptOne } from "@payonce/db/testing";
import { newId } from "@payonce/domain";
import request from "supertest";
import { startTestApi, type TestApi, WEBHOOK_SECRETS } from "../test-api.ts";

let api: TestApi;
let installationId: string;
beforeAll(async () => {
  api = await startTestApi();
  installationId = await readInstallationId(api.db.pool);
});
afterAll(() => api.stop());

const seconds = () => Math.floor(Date.now() / 1_000);
const sign = (body: string, { secret = WEBHOOK_SECRETS[0] ?? "", time = seconds() } = {}) =>
  `t=${time},v1=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`;
const event = (paymentId: string, overrides: object = {}) =>
  JSON.stringify({
    object: "event",
    id: `evt_${newId("pay")}`,
    type: "payment_intent.succeeded",
    created: seconds(),
    data: {
      object: {
        object: "payment_intent",
        id: "pi_1",
        metadata: { payment_id: paymentId, installation_id: installationId },
      },
    },
    ...overrides,
  });
const send = (body: string, signature: string | undefined = sign(body)) =>
  request(api.url)
    .post("/v1/provider-webhooks/stripe")
    .set("Content-Type", "application/json")
    .set(signature === undefined ? {} : { "Stripe-Signature": signature })
    .send(body);
const newPayment = () => acceptOne(api.db, api.merchantId);
const eventsOf = async (paymentId: string) =>
  (await api.db.pool.query("SELECT id FROM provider_events WHERE payment_id = $1", [paymentId])).rowCount;
const looksFor = async (paymentId: string) =>
  (await api.db.pool.query("SELECT 1 FROM outbox WHERE payment_id = $1 AND kind = 'look_again'", [paymentId])).rowCount;

describe("a webhook of Stripe's", () => {
  test("is stored, and has its payment looked at", async () => {
    const id = await newPayment();
    const { status, body } = await send(event(id));
    expect([status, body]).toEqual([200, { received: true, ignored: false }]);
    expect([await eventsOf(id), await looksFor(id)]).toEqual([1, 1]);
  });

  test("that comes ten times at once is stored once", async () => {
    const id = await newPayment();
    const same = event(id);
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(same)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect([await eventsOf(id), await looksFor(id)]).toEqual([1, 1]);
  });

  test("changes nothing of the payment, whatever it claims", async () => {
    const id = await newPayment();
    await send(event(id, { type: "payment_intent.canceled" }));
    const { rows } = await api.db.pool.query("SELECT status, version FROM payments WHERE id = $1", [id]);
    expect(rows).toEqual([{ status: "queued", version: 1 }]);
  });

  test("signed with either of two secrets is genuine, so that one can be replaced", async () => {
    for (const secret of WEBHOOK_SECRETS) {
      const body = event(await newPayment());
      expect((await send(body, sign(body, { secret }))).status).toBe(200);
    }
  });

  test("about another system's object at the same account is left alone", async () => {
    const id = await newPayment();
    const metadata = { payment_id: id, installation_id: "another" };
    const { status, body } = await send(
      event(id, { data: { object: { object: "payment_intent", id: "pi_1", metadata } } }),
    );
    expect([status, body]).toEqual([200, { received: true, ignored: true }]);
    expect(await eventsOf(id)).toBe(0);
  });

  test("of a kind that we have no use for is answered 200, so that Stripe does not send it again", async () => {
    for (const body of [event("x", { data: { object: { object: "customer", id: "cus_1" } } }), "{}", "[]", "not json"])
      expect((await send(body)).status).toBe(200);
  });

  test.each([
    ["has no signature", () => ({ signature: undefined })],
    ["is signed with another secret", (body: string) => ({ signature: sign(body, { secret: "whsec_forged" }) })],
    ["was changed after signing", (body: string) => ({ body: `${body} `, signature: sign(body) })],
    ["was signed six minutes ago", (body: string) => ({ signature: sign(body, { time: seconds() - 360 }) })],
    ["is signed for six minutes from now", (body: string) => ({ signature: sign(body, { time: seconds() + 360 }) })],
    ["has a signature of nothing", () => ({ signature: "t=,v1=" })],
    ["has two times", (body: string) => ({ signature: `t=1,${sign(body)}` })],
    ["has a signature of another scheme", (body: string) => ({ signature: sign(body).replace("v1", "v0") })],
  ])("that %s is refused, and nothing is stored", async (_what, forge) => {
    const id = await newPayment();
    const genuine = event(id);
    const forged: { body?: string; signature: string | undefined } = forge(genuine);
    const plain = request(api.url).post("/v1/provider-webhooks/stripe").set("Content-Type", "application/json");
    const sent = forged.signature === undefined ? plain : plain.set("Stripe-Signature", forged.signature);
    const { status, body } = await sent.send(forged.body ?? genuine);
    expect([status, body.code]).toEqual([400, "webhook_signature_invalid"]);
    expect([await eventsOf(id), await looksFor(id)]).toEqual([0, 0]);
  });

  test("that is too large is refused before it is read", async () => {
    const { status } = await send("x".repeat(600_000), "t=1,v1=00");
    expect(status).toBe(413);
  });
});
