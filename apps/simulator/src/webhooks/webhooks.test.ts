import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { createTestClock, SLOW_MS, startTestSimulator, type TestClient, waitUntil } from "../test-client.ts";
import { startTestReceiver, type TestReceiver } from "./test-receiver.ts";

const SECRET = "whsec_test";

let client: TestClient;
let receiver: TestReceiver;
/** Closed also where a test fails: an open server would keep the test run alive. */
let others: { close(): Promise<void> }[];

beforeEach(async () => {
  others = [];
  receiver = await startTestReceiver();
  client = await startTestSimulator({ webhookEndpoint: { url: receiver.url, secret: SECRET } });
});
afterEach(async () => {
  for (const each of [client, ...others, receiver]) await each.close();
});

async function charge(on = client, token = "pm_card_visa"): Promise<string> {
  const id = await on.create(token);
  await on.confirm(id, `${id}-confirm`);
  return id;
}

const got = (count: number) => waitUntil(() => receiver.received.length >= count);

/** Long enough for a webhook that is not to come. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 150));

const stateOf = async (on = client) => (await request(on.url).get("/_sim/webhooks").expect(200)).body;

/** Whether the signature is that of the payload by this secret. */
function isSignedBy(secret: string, { headers, payload }: TestReceiver["received"][number]): boolean {
  const [, time, signature] = /^t=(\d+),v1=(\w{64})$/.exec(String(headers["stripe-signature"])) ?? [];
  return signature === createHmac("sha256", secret).update(`${time}.${payload}`).digest("hex");
}

describe("webhooks", () => {
  it("tells of a success in Stripe's form, signed, with the request that caused it", async () => {
    const id = await client.create("pm_card_visa");
    const confirmed = await client.confirm(id, "k1").expect(200);
    await got(1);
    const [first] = receiver.received;
    if (first === undefined) throw new Error("nothing received");
    expect(first.event).toEqual({
      id: expect.stringMatching(/^evt_\w{24}$/),
      object: "event",
      api_version: expect.any(String),
      created: expect.any(Number),
      data: { object: confirmed.body },
      livemode: false,
      pending_webhooks: 1,
      request: { id: confirmed.headers["request-id"], idempotency_key: "k1" },
      type: "payment_intent.succeeded",
    });
    expect(isSignedBy(SECRET, first)).toBe(true);
    expect(first.headers["content-type"]).toContain("application/json");
    await waitUntil(async () => (await stateOf()).undelivered === 0);
  });

  it("tells of declines, cancels and processing, and of nothing else", async () => {
    const id = await charge(client, "pm_card_chargeDeclined");
    await got(1);
    await client.post(`/v1/payment_intents/${id}/cancel`).expect(200);
    await client.post(`/v1/payment_intents/${id}/cancel`).expect(400);
    await got(2);
    await charge(client, "pm_sim_processing");
    await got(4);
    await charge(client, "pm_sim_500_then_ok");
    await charge(client, "pm_sim_requires_action");
    await aWhile();
    expect(receiver.types()).toEqual(["payment_failed", "canceled", "processing", "succeeded"]);
    expect(receiver.received[3]?.event.request).toEqual({ id: null, idempotency_key: null });
  });

  it("tells of refunds, of what their bank says later, and of the charge", async () => {
    const id = await charge(client, "pm_sim_refund_late_failure");
    const form = { payment_intent: id, amount: "500", "metadata[refund_id]": "ref_1" };
    const { body } = await client.post("/v1/refunds", form, { "Idempotency-Key": "k1" }).expect(200);
    await got(5);
    const told = receiver.received.slice(1).map(({ event }) => event);
    expect(told.map(({ type }) => type).sort()).toEqual([
      "charge.refunded",
      "refund.created",
      "refund.failed",
      "refund.updated",
    ]);
    const about = (type: string) => told.find((event) => event.type === type);
    expect(about("refund.created")).toMatchObject({ data: { object: body }, request: { idempotency_key: "k1" } });
    expect(about("charge.refunded")?.data.object).toMatchObject({ object: "charge", amount_refunded: 500 });
    expect(about("refund.failed")?.data.object).toMatchObject({ id: body.id, status: "failed" });
    expect(receiver.received.every((each) => isSignedBy(SECRET, each))).toBe(true);
  });

  it("tells also where the answer was lost", async () => {
    const id = await client.create("pm_sim_reset_after_charge");
    await expect(client.confirm(id, "k1")).rejects.toMatchObject({ code: "ECONNRESET" });
    await got(1);
    expect(receiver.types()).toEqual(["succeeded"]);
  });

  it("comes after the answer", async () => {
    await charge(client, "pm_sim_slow");
    expect(receiver.received).toEqual([]);
    await got(1);
  });

  it("is tried again until it is taken, each time signed, and then no more", async () => {
    receiver.answerWith(500);
    await charge();
    await got(1);
    receiver.answerWith(204);
    await got(2);
    await waitUntil(async () => (await stateOf()).undelivered === 0);
    expect(receiver.received.every((each) => isSignedBy(SECRET, each))).toBe(true);
    expect(new Set(receiver.received.map(({ event }) => event.id)).size).toBe(1);
  });

  it("takes a redirect for a failure, and follows it nowhere", async () => {
    receiver.answerWith(302);
    await charge();
    await got(1);
    await aWhile();
    expect(receiver.received).toHaveLength(1);
    expect((await stateOf()).undelivered).toBe(1);
  });

  it("delivers after a crash what it had not delivered before", async () => {
    receiver.answerWith(500);
    const id = await charge();
    await got(1);
    receiver.answerWith(200);
    const restarted = await client.afterCrash();
    await waitUntil(async () => (await stateOf(restarted)).undelivered === 0);
    expect(receiver.received.at(-1)?.event).toMatchObject({ data: { object: { id, status: "succeeded" } } });
    const count = receiver.received.length;
    await restarted.afterCrash();
    await aWhile();
    expect(receiver.received).toHaveLength(count);
  });

  it("does not let an endpoint that hangs hold up answers or closing", async () => {
    receiver.answerWith("never");
    await charge();
    await got(1);
    const startedMs = performance.now();
    await client.close();
    expect(performance.now() - startedMs).toBeLessThan(1000);
    client = await startTestSimulator();
  });

  it("sends nothing, and keeps nothing, where there is no url", async () => {
    await client.control("/_sim/webhooks", { url: null }).expect(200);
    await charge();
    await aWhile();
    expect(await stateOf()).toEqual({ url: null, undelivered: 0, faults: {} });
    const restarted = await client.afterCrash();
    expect((await stateOf(restarted)).url).toBeNull();
    const answer = await request(restarted.url).delete("/_sim/webhooks").expect(200);
    expect(answer.body.url).toBe(receiver.url);
    await charge(restarted);
    await got(1);
  });

  it("goes where it is told to at run time, signed with the secret it is told, also after a restart", async () => {
    const other = await startTestReceiver();
    others.push(other);
    const set = await client.control("/_sim/webhooks", { url: other.url, secret: "whsec_other" }).expect(200);
    expect(set.text).not.toContain("whsec_other");
    const restarted = await client.afterCrash();
    await charge(restarted);
    await waitUntil(() => other.received.length === 1);
    expect(other.received.every((each) => isSignedBy("whsec_other", each))).toBe(true);
    expect(receiver.received).toEqual([]);
  });

  it.each([{}, { url: "nowhere" }, { url: "file:///etc/passwd" }, { url: null, sercet: "x" }])(
    "refuses the endpoint %j",
    async (body) => {
      await client.control("/_sim/webhooks", body).expect(400);
    },
  );
});

describe("webhook faults", () => {
  const setFaults = (faults: object) => client.control("/_sim/webhooks/faults", faults).expect(200);

  it("duplicate sends the same event twice", async () => {
    await setFaults({ duplicate: true });
    await charge();
    await got(2);
    const [first, second] = receiver.received;
    expect(second?.event).toEqual(first?.event);
  });

  it("delay_ms waits before it sends, also over a restart", async () => {
    await setFaults({ delay_ms: 250 });
    const restarted = await client.afterCrash();
    await charge(restarted);
    await aWhile();
    expect(receiver.received).toEqual([]);
    await got(1);
  });

  it("before_answer sends before the answer, once", async () => {
    await setFaults({ before_answer: true });
    const id = await client.create("pm_sim_slow");
    const confirmed = client.confirm(id).then(() => receiver.received.length);
    await got(1);
    const countAtAnswer = await confirmed;
    await aWhile();
    expect([countAtAnswer, receiver.received.length]).toEqual([1, 1]);
  });

  it("reorder sends the second of two first", async () => {
    await setFaults({ reorder: true });
    const id = await charge(client, "pm_card_chargeDeclined");
    await client.post(`/v1/payment_intents/${id}/cancel`).expect(200);
    await got(2);
    expect(receiver.types()).toEqual(["canceled", "payment_failed"]);
  });

  it("reorder does not keep back an event that no other follows", async () => {
    await setFaults({ reorder: true });
    await charge();
    await got(1);
  });

  it("drop loses its share of events for good", async () => {
    await setFaults({ drop: 1 });
    await charge();
    await setFaults({});
    const id = await charge();
    await got(1);
    await waitUntil(async () => (await stateOf()).undelivered === 0);
    expect(receiver.received.map(({ event }) => event.data.object.id)).toEqual([id]);
  });

  it("forge adds a claim of success that is not signed with the secret", async () => {
    await setFaults({ forge: true });
    const id = await charge(client, "pm_card_chargeDeclined");
    await got(2);
    const byType = (type: string) => receiver.received.find(({ event }) => event.type === `payment_intent.${type}`);
    const [forged, genuine] = [byType("succeeded"), byType("payment_failed")];
    if (!forged || !genuine) throw new Error("both were to come");
    expect(isSignedBy(SECRET, forged)).toBe(false);
    expect(isSignedBy(SECRET, genuine)).toBe(true);
    expect(forged.event.data.object).toMatchObject({ id, status: "succeeded", amount_received: 1250 });
    expect(await client.ledger()).toEqual([]);
  });

  it.each([{ duplicate: "yes" }, { drop: 2 }, { delay_ms: -1 }, { lose: true }, []])("refuses %j", async (faults) => {
    await client.control("/_sim/webhooks/faults", faults).expect(400);
  });
});

describe("/_sim/webhooks/send", () => {
  it("sends an old event now, properly signed, as things were then", async () => {
    const clock = createTestClock("2026-05-05T00:00:00.000Z");
    const other = await startTestSimulator({ now: clock.now, webhookEndpoint: { url: receiver.url, secret: SECRET } });
    others.push(other);
    const id = await charge(other);
    await got(1);
    const stale = { payment_intent: id, type: "payment_intent.payment_failed", age_s: 3600, id: "evt_sent_before" };
    const sent = await other.control("/_sim/webhooks/send", stale).expect(200);
    const [, late] = receiver.received;
    if (late === undefined) throw new Error("nothing received");
    expect(sent.body).toEqual({ event: late.event, status: 200 });
    expect(late.event).toMatchObject({
      id: "evt_sent_before",
      type: "payment_intent.payment_failed",
      created: clock.now().getTime() / 1000 - 3600,
      data: { object: { id, status: "requires_payment_method", amount_received: 0 } },
    });
    expect(isSignedBy(SECRET, late)).toBe(true);
    expect(late.headers["stripe-signature"]).toContain(`t=${clock.now().getTime() / 1000},`);
  });

  it("says what the endpoint answered, and does not try again", async () => {
    receiver.answerWith(500);
    const event = { payment_intent: await client.create("pm_card_visa"), type: "payment_intent.created" };
    const sent = await client.control("/_sim/webhooks/send", event).expect(200);
    expect(sent.body.status).toBe(500);
    await new Promise((resolve) => setTimeout(resolve, 2 * SLOW_MS));
    expect(receiver.received).toHaveLength(1);
  });

  it("refuses an unknown PaymentIntent, a nameless event, and a missing url", async () => {
    const event = { payment_intent: "pi_nothing", type: "payment_intent.succeeded" };
    await client.control("/_sim/webhooks/send", event).expect(404);
    await client.control("/_sim/webhooks/send", { payment_intent: "pi_nothing" }).expect(400);
    await client.control("/_sim/webhooks", { url: null }).expect(200);
    await client.control("/_sim/webhooks/send", event).expect(400);
  });
});
