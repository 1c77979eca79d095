import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ProviderAnswer } from "@payonce/domain";
import { Stripe } from "stripe";
import type { PaymentToCreate } from "../provider.ts";
import { httpAnswer, json, raw, type Script, type ScriptedServer, startScriptedServer } from "./scripted-server.ts";
import { createStripeProvider } from "./stripe-provider.ts";

const API_KEY = "sk_test_51abcDEF";
const PAYMENT: PaymentToCreate = {
  id: "pay_1",
  amountMinor: 4200,
  currency: "eur",
  paymentMethod: "pm_card_visa",
  description: null,
};
const INTENT = {
  id: "pi_1",
  object: "payment_intent",
  amount: 4200,
  currency: "eur",
  status: "requires_confirmation",
  metadata: { payment_id: "pay_1" },
  last_payment_error: null,
};
const shown = (more: object = {}) => json(200, { ...INTENT, ...more }, { "Request-Id": "req_1" });
const refused = (status: number, error: object) => json(status, { error }, { "Request-Id": "req_2" });

let server: ScriptedServer;
let provider: ReturnType<typeof createStripeProvider>;
let keyRefusals: number;

beforeEach(async () => {
  server = await startScriptedServer(shown());
  keyRefusals = 0;
  provider = open(20_000);
});
afterEach(async () => {
  provider.close();
  await server.close();
});

function open(callTimeoutMs: number) {
  return createStripeProvider({
    apiKey: API_KEY,
    apiBase: server.url,
    callTimeoutMs,
    installationId: "installation-1",
    onKeyRefused: () => keyRefusals++,
  });
}

const at = (id: string) => ({ id, apiVersion: Stripe.API_VERSION });

const CALLS = {
  create: () => provider.create(PAYMENT, Stripe.API_VERSION, "pay_1-create"),
  confirm: () => provider.confirm(at("pi_1"), "att_1-confirm"),
  retrieve: () => provider.retrieve(at("pi_1")),
  cancel: () => provider.cancel(at("pi_1"), "att_1-cancel"),
};
type Operation = keyof typeof CALLS;
const OPERATIONS = Object.keys(CALLS) as Operation[];

/** Makes one call against one script, and sees to it that it was sent no more than once. */
async function answerTo(operation: Operation, script: Script): Promise<ProviderAnswer> {
  const before = server.requests.length;
  server.play(script);
  const answer = await CALLS[operation]();
  expect(server.requests.length - before).toBe(1);
  return answer;
}

describe("what goes over the wire", () => {
  const lastRequest = () => server.requests.at(-1);

  test("to create: the payment, its id as metadata, and a key that is the payment's", async () => {
    await provider.create(PAYMENT, Stripe.API_VERSION, "pay_1-create");
    expect(lastRequest()).toMatchObject({
      method: "POST",
      path: "/v1/payment_intents",
      headers: { "idempotency-key": "pay_1-create", "content-type": "application/x-www-form-urlencoded" },
      form: {
        amount: "4200",
        currency: "eur",
        payment_method: "pm_card_visa",
        "allowed_payment_method_types[0]": "card",
        "metadata[payment_id]": "pay_1",
        "metadata[installation_id]": "installation-1",
      },
    });
    expect(Object.keys(lastRequest()?.form ?? {})).toHaveLength(6);
  });

  test("to create again: the same, byte for byte", async () => {
    await provider.create(PAYMENT, Stripe.API_VERSION, "pay_1-create");
    await provider.create({ ...PAYMENT }, Stripe.API_VERSION, "pay_1-create");
    const [first, second] = server.requests;
    expect(second).toEqual(first);
  });

  test("a description cannot slip in a parameter", async () => {
    await provider.create(
      { ...PAYMENT, description: "a&amount=1&confirm=true\r\n€[x]=%26" },
      Stripe.API_VERSION,
      "pay_1-create",
    );
    expect(lastRequest()?.form).toMatchObject({
      amount: "4200",
      description: Buffer.from("a&amount=1&confirm=true\r\n€[x]=%26").toString(),
    });
    expect(lastRequest()?.form).not.toHaveProperty("confirm");
  });

  test("to confirm: the stored object under the attempt's key, and no way out to the customer", async () => {
    await provider.confirm(at("pi_1"), "att_1-confirm");
    expect(lastRequest()).toMatchObject({
      method: "POST",
      path: "/v1/payment_intents/pi_1/confirm",
      headers: { "idempotency-key": "att_1-confirm" },
      form: { error_on_requires_action: "true" },
    });
    expect(Object.keys(lastRequest()?.form ?? {})).toHaveLength(1);
  });

  test("to retrieve: no key and no body", async () => {
    await provider.retrieve(at("pi_1"));
    expect(lastRequest()).toMatchObject({ method: "GET", path: "/v1/payment_intents/pi_1", form: {} });
    expect(lastRequest()?.headers).not.toHaveProperty("idempotency-key");
  });

  test("to cancel: the stored object under the attempt's key", async () => {
    await provider.cancel(at("pi_1"), "att_1-cancel");
    expect(lastRequest()).toMatchObject({
      method: "POST",
      path: "/v1/payment_intents/pi_1/cancel",
      headers: { "idempotency-key": "att_1-cancel" },
      form: {},
    });
  });

  test.each(OPERATIONS)("with each %s: our key and the API version that the SDK was made for", async (operation) => {
    await CALLS[operation]();
    expect(lastRequest()?.headers).toMatchObject({
      authorization: `Bearer ${API_KEY}`,
      "stripe-version": Stripe.API_VERSION,
      host: `127.0.0.1:${server.port}`,
    });
    expect(lastRequest()?.headers).not.toHaveProperty("x-stripe-client-telemetry");
  });

  test.each(["pi_1/confirm", "pi_1?expand=x", "..", "pi_1#"])("an id such as %s leads to no other path", async (id) => {
    const answer = await provider.retrieve(at(id));
    expect(answer.kind).toBe("unknown");
    const elsewhere = server.requests.filter(({ path }) => path !== `/v1/payment_intents/${encodeURIComponent(id)}`);
    expect(elsewhere).toEqual([]);
  });
});

describe("an object that is shown", () => {
  test.each(OPERATIONS)("is the answer to %s", async (operation) => {
    const answer = await answerTo(operation, shown({ status: "succeeded" }));
    expect(answer).toMatchObject({
      kind: "object",
      payment: { id: "pi_1", state: "succeeded", amountMinor: 4200, currency: "eur", declineCode: null },
      evidence: { operation, httpStatus: 200, requestId: "req_1", objectId: "pi_1", state: "succeeded" },
    });
    expect(Date.parse(answer.evidence.at)).toBeGreaterThan(0);
  });

  test.each([
    ["the issuer's word", { code: "card_declined", decline_code: "lost_card" }, "lost_card"],
    ["Stripe's word", { code: "incorrect_number", decline_code: null }, "incorrect_number"],
    ["Stripe's word beside an empty one", { code: "expired_card", decline_code: "" }, "expired_card"],
    ["no word", {}, "card_declined"],
    ["words of a strange kind", { code: 7, decline_code: ["x"] }, "card_declined"],
    ["a word that no table takes", { decline_code: "a\0b" }, "card_declined"],
  ])("says why it was declined last: %s", async (_title, last_payment_error, declineCode) => {
    const answer = await answerTo("retrieve", shown({ status: "requires_payment_method", last_payment_error }));
    expect(answer).toMatchObject({ kind: "object", payment: { state: "requires_payment_method", declineCode } });
  });

  test("has its currency in lower case, as ours is", async () => {
    expect(await answerTo("retrieve", shown({ currency: "EUR" }))).toMatchObject({ payment: { currency: "eur" } });
  });

  test("that another payment made is no answer to create", async () => {
    for (const metadata of [{ payment_id: "pay_2" }, {}, null, undefined]) {
      const answer = await answerTo("create", shown({ metadata }));
      expect(answer).toMatchObject({ kind: "unknown", code: "provider_answered_about_another" });
    }
  });

  test.each(["confirm", "retrieve", "cancel"] as const)("that is another is no answer to %s", async (operation) => {
    const answer = await answerTo(operation, shown({ id: "pi_2", status: "succeeded" }));
    expect(answer).toMatchObject({
      kind: "unknown",
      code: "provider_answered_about_another",
      evidence: { objectId: "pi_2", requestId: "req_1" },
    });
  });

  test.each<[string, object]>([
    ["is no PaymentIntent", { object: "charge" }],
    ["has no kind", { object: undefined }],
    ["has no amount", { amount: undefined }],
    ["has an amount that is text", { amount: "4200" }],
    ["has an amount below nothing", { amount: -4200 }],
    ["has half a cent", { amount: 4200.5 }],
    ["has an amount beyond what is counted exactly", { amount: 2 ** 53 }],
    ["has no currency", { currency: null }],
    ["has no id", { id: undefined }],
    ["has an empty id", { id: "" }],
    ["has an id that leads elsewhere", { id: "../charges" }],
    ["has an id that Postgres does not take", { id: "pi_\0" }],
    ["has an endless id", { id: "p".repeat(256) }],
    ["has no status", { status: undefined }],
    ["has a status that is no word", { status: "succeeded\0" }],
    ["has an endless status", { status: "s".repeat(61) }],
    ["has metadata that is text", { metadata: "pay_1" }],
  ])("but %s says nothing", async (_title, more) => {
    for (const operation of OPERATIONS) {
      const answer = await answerTo(operation, shown(more));
      expect(answer).toMatchObject({ kind: "unknown", code: "provider_unreadable", evidence: { httpStatus: 200 } });
      expect(JSON.stringify(answer.evidence).length).toBeLessThan(500);
    }
  });
});

describe("an answer that is no answer", () => {
  test.each<[string, Script, string]>([
    ["a page with a 200", raw(httpAnswer(200, "<html>Welcome</html>")), "provider_unreadable"],
    ["nothing with a 200", raw(httpAnswer(200, "")), "provider_unreadable"],
    ["null with a 200", json(200, null), "provider_unreadable"],
    ["a list with a 200", json(200, [INTENT]), "provider_unreadable"],
    ["an object within another", json(200, { data: INTENT }), "provider_unreadable"],
    ["an error with a 200", refused(200, { type: "card_error", code: "card_declined" }), "provider_unreadable"],
    ["a redirect", json(307, INTENT, { Location: "/v1/payment_intents/pi_1" }), "provider_unreadable"],
    [
      "a redirect without a body",
      raw("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
      "provider_unreadable",
    ],
    ["a success with a 402", json(402, { ...INTENT, status: "succeeded" }), "provider_unreadable"],
    ["a success with a 429", json(429, { ...INTENT, status: "succeeded" }), "provider_unreadable"],
    ["a success with a 500", json(500, { ...INTENT, status: "succeeded" }), "provider_error"],
    ["a page with a 502", raw(httpAnswer(502, "<html>Bad gateway</html>")), "provider_error"],
    ["a page with a 429", raw(httpAnswer(429, "<html>Slow down</html>")), "provider_unreadable"],
    ["a gateway's word with a 402", json(402, { error: "card_error" }), "provider_unreadable"],
    ["a gateway's word with a 400", json(400, { error: "invalid_request_error" }), "provider_unreadable"],
    ["a 500", refused(500, { type: "api_error" }), "provider_error"],
    [
      "a 503 that asks to try again",
      json(503, { error: { type: "api_error" } }, { "Stripe-Should-Retry": "true" }),
      "provider_error",
    ],
    [
      "a conflict that asks to try again",
      json(409, { error: { type: "invalid_request_error" } }, { "Stripe-Should-Retry": "true" }),
      "provider_idempotency_conflict",
    ],
    ["another request under the key", refused(400, { type: "idempotency_error" }), "provider_idempotency_conflict"],
    [
      "another state",
      refused(400, { type: "invalid_request_error", code: "payment_intent_unexpected_state", payment_intent: INTENT }),
      "provider_unexpected_state",
    ],
    ["a 402 that is no card error", refused(402, { type: "invalid_request_error" }), "provider_unreadable"],
    ["silence", () => {}, "provider_timeout"],
    ["a reset", (socket) => socket.resetAndDestroy(), "provider_econnreset"],
    ["a hang-up", (socket) => socket.end(), "provider_econnreset"],
    [
      "half of an answer",
      (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
      "provider_answer_broken_off",
    ],
  ])("%s leaves the outcome unknown, and is not asked for twice", async (_title, script, code) => {
    if (code === "provider_timeout") provider = open(300);
    for (const operation of OPERATIONS) {
      const answer = await answerTo(operation, script);
      expect(answer).toMatchObject({ kind: "unknown", code, evidence: { operation, code } });
    }
  });

  test("has a call's connection reset as it is taken: it is not sent again", async () => {
    await provider.retrieve(at("pi_1"));
    for (const socket of server.open()) socket.resetAndDestroy();
    expect((await provider.confirm(at("pi_1"), "att_1-confirm")).kind).toBe("unknown");
    expect(server.connections()).toBe(1);
  });
});

describe("a call that did not run", () => {
  test.each([
    ["too many requests", 429, { type: "invalid_request_error", code: "rate_limit" }, "provider_rate_limited"],
    ["a lock that was not got", 429, { type: "invalid_request_error", code: "lock_timeout" }, "provider_rate_limited"],
    ["a key that is not known", 401, { type: "invalid_request_error" }, "provider_refused_our_key"],
    ["a key that may not do this", 403, { type: "invalid_request_error" }, "provider_refused_our_key"],
  ])("is told from %s", async (_title, status, error, code) => {
    for (const operation of OPERATIONS)
      expect(await answerTo(operation, refused(status, error))).toMatchObject({ kind: "not_executed", code });
    expect(keyRefusals).toBe(status === 429 ? 0 : OPERATIONS.length);
  });

  test("is told from a connection that nobody takes", async () => {
    await server.close();
    for (const operation of OPERATIONS)
      expect(await CALLS[operation]()).toMatchObject({ kind: "not_executed", code: "provider_econnrefused" });
    server = await startScriptedServer(shown());
  });
});

describe("a refusal", () => {
  const lostCard = {
    type: "card_error",
    code: "card_declined",
    decline_code: "lost_card",
    message: "Your card is lost.",
  };

  test("by the issuer declines what would have charged, and nothing else", async () => {
    expect(await answerTo("confirm", refused(402, lostCard))).toEqual({
      kind: "declined",
      code: "lost_card",
      evidence: {
        operation: "confirm",
        at: expect.any(String),
        durationMs: expect.any(Number),
        httpStatus: 402,
        requestId: "req_2",
        code: "lost_card",
        message: "Your card is lost.",
      },
    });
    expect((await answerTo("create", refused(402, lostCard))).kind).toBe("declined");
    expect((await answerTo("retrieve", refused(402, lostCard))).kind).toBe("unknown");
    expect((await answerTo("cancel", refused(402, lostCard))).kind).toBe("unknown");
  });

  test.each([
    ["incorrect_number", { type: "card_error", code: "incorrect_number" }],
    ["authentication_required", { type: "card_error", code: "authentication_required" }],
    ["card_declined", { type: "card_error" }],
  ])("without the issuer's word is %s", async (code, error) => {
    expect(await answerTo("confirm", refused(402, error))).toMatchObject({ kind: "declined", code });
  });

  test("of the request itself is one", async () => {
    const error = { type: "invalid_request_error", code: "resource_missing", message: "No such PaymentMethod: 'pm_1'" };
    for (const status of [400, 404])
      expect(await answerTo("create", refused(status, error))).toMatchObject({
        kind: "declined",
        code: "provider_rejected",
        evidence: { httpStatus: status, requestId: "req_2", message: "No such PaymentMethod: 'pm_1'" },
      });
  });
});

describe("evidence", () => {
  test("holds no key, card number or client secret that a message repeats", async () => {
    const message = `Invalid API Key ${API_KEY}, card 4242 4242-4242 4242, 4000000000000002, pi_1_secret_Ab12`;
    const { evidence } = await answerTo("confirm", refused(401, { type: "invalid_request_error", message }));
    expect(evidence.message).toBe("Invalid API Key [key], card [digits], [digits], pi_1_secret_[secret]");
  });

  test("is short, however much a provider says", async () => {
    const long = "x ".repeat(50_000);
    const error = { type: long, code: long, decline_code: long, param: long, message: long };
    const script = json(402, { error: { ...error, type: "card_error" } }, { "Request-Id": "r".repeat(9_000) });
    for (const each of [script, refused(500, error)]) {
      const answer = await answerTo("confirm", each);
      expect(JSON.stringify(answer).length).toBeLessThan(1_000);
    }
  });

  test("of an answer that nobody can read keeps its status and request id", async () => {
    const script = raw(httpAnswer(502, "<html>", { "Request-Id": "req_3" }));
    expect((await answerTo("confirm", script)).evidence).toMatchObject({ httpStatus: 502, requestId: "req_3" });
  });

  test("of a call without an answer says how long it took", async () => {
    provider = open(300);
    const { evidence } = await answerTo("confirm", () => {});
    expect(evidence.durationMs).toBeGreaterThanOrEqual(250);
    expect(evidence).not.toHaveProperty("httpStatus");
  });

  test("of an object that says nothing says how long it took", async () => {
    const script: Script = (socket, request) => setTimeout(() => json(200, { id: "pi_1" })(socket, request), 50);
    expect((await answerTo("retrieve", script)).evidence.durationMs).toBeGreaterThanOrEqual(40);
  });
});

test("the deadline is the one that was asked for", async () => {
  server.play((socket, request) => setTimeout(() => shown()(socket, request), 200));
  expect((await provider.retrieve(at("pi_1"))).kind).toBe("object");
  provider = open(20);
  expect(provider.callTimeoutMs).toBe(20);
  expect(await provider.retrieve(at("pi_1"))).toMatchObject({ code: "provider_timeout" });
});

test("an IPv6 address is connected to, not looked up", async () => {
  const toNobody = createStripeProvider({
    apiKey: API_KEY,
    apiBase: `http://[::1]:${server.port}`,
    callTimeoutMs: 20_000,
    installationId: "installation-1",
  });
  const answer = await toNobody.retrieve(at("pi_1"));
  // Refused, or there is no IPv6 here.
  expect(answer.kind).toBe("not_executed");
  expect(answer.evidence.code).toMatch(/^provider_(econnrefused|eaddrnotavail|eafnosupport|enetunreach)$/);
});

test("a call leaves the stack traces of everybody else as they are", async () => {
  const limit = Error.stackTraceLimit;
  const calling = provider.retrieve(at("pi_1"));
  expect(Error.stackTraceLimit).toBe(limit);
  expect(new Error("ours").stack).toMatch(/\n\s+at /);
  await calling;
});
