import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Stripe } from "stripe";
import type { RefundToMake } from "../refund-provider.ts";
import { httpAnswer, json, raw, type Script, type ScriptedServer, startScriptedServer } from "./scripted-server.ts";
import { createStripeProvider } from "./stripe-provider.ts";

const REFUND: RefundToMake = {
  id: "ref_1",
  paymentId: "pay_1",
  amountMinor: 1000,
  reason: "duplicate",
  providerObjectId: "pi_1",
  apiVersion: Stripe.API_VERSION,
};
const STRIPES = {
  id: "re_1",
  object: "refund",
  amount: 1000,
  currency: "eur",
  status: "succeeded",
  payment_intent: "pi_1",
  metadata: { refund_id: "ref_1", payment_id: "pay_1", installation_id: "ours" },
};

let server: ScriptedServer;
let provider: ReturnType<typeof createStripeProvider>;
let keyRefusals: number;
beforeEach(async () => {
  keyRefusals = 0;
  server = await startScriptedServer(json(200, STRIPES));
  provider = open(20_000);
});
afterEach(async () => {
  provider.close();
  await server.close();
});

function open(callTimeoutMs: number) {
  return createStripeProvider({
    apiKey: "sk_test_x",
    apiBase: server.url,
    callTimeoutMs,
    installationId: "ours",
    onKeyRefused: () => keyRefusals++,
  });
}
const refund = (isTooLate = () => false) => provider.refund(REFUND, "ref_1-refund-1", isTooLate);
const list = () => provider.listRefunds({ id: "pi_1", apiVersion: Stripe.API_VERSION });
const listOf = (data: unknown[], hasMore = false) => ({ object: "list", data, has_more: hasMore, url: "/v1/refunds" });
const refused = (status: number, error: object, headers = {}) => json(status, { error }, headers);

/** Makes one call against one script, and sees to it that it was sent once. */
async function answerTo(call: () => ReturnType<typeof refund>, script: Script) {
  server.play(script);
  const before = server.requests.length;
  const answer = await call();
  expect(server.requests.length - before).toBe(1);
  return answer;
}

describe("a request for a refund", () => {
  test("names the payment, the amount, whose it is, and its key", async () => {
    expect(await refund()).toMatchObject({
      kind: "shown",
      isReplayed: false,
      refund: { id: "re_1", state: "succeeded", amountMinor: 1000, currency: "eur", refundId: "ref_1" },
      evidence: { operation: "refund", httpStatus: 200, objectId: "re_1", state: "succeeded" },
    });
    expect(server.requests).toMatchObject([
      {
        method: "POST",
        path: "/v1/refunds",
        headers: { "idempotency-key": "ref_1-refund-1", "stripe-version": Stripe.API_VERSION },
        form: {
          payment_intent: "pi_1",
          amount: "1000",
          reason: "duplicate",
          "metadata[refund_id]": "ref_1",
          "metadata[payment_id]": "pay_1",
          "metadata[installation_id]": "ours",
        },
      },
    ]);
  });

  test("says when the answer is a stored one", async () => {
    const answer = await answerTo(refund, json(200, STRIPES, { "Idempotent-Replayed": "true" }));
    expect(answer).toMatchObject({ kind: "shown", isReplayed: true, evidence: { isReplayed: true } });
  });

  test.each([
    ["already refunded", { code: "charge_already_refunded" }, "charge_already_refunded", true],
    ["more than is left, for which Stripe has no code", { param: "amount" }, "amount_too_large", true],
    ["disputed", { code: "charge_disputed" }, "charge_disputed", false],
    ["refused without a code", {}, "provider_rejected", false],
  ])("that is %s is refused in Stripe's own word", async (_what, error, code, contradictsSums) => {
    const answer = await answerTo(refund, refused(400, { type: "invalid_request_error", message: "No.", ...error }));
    expect(answer).toMatchObject({ kind: "refused", code, contradictsSums, evidence: { code, httpStatus: 400 } });
  });

  test.each([
    ["too many requests", refused(429, { type: "invalid_request_error", code: "rate_limit" }), "provider_rate_limited"],
    ["a wrong key", refused(401, { type: "invalid_request_error" }), "provider_refused_our_key"],
  ])("turned away unread by %s did not run", async (_what, script, code) => {
    expect(await answerTo(refund, script)).toMatchObject({ kind: "not_executed", code });
    expect(keyRefusals).toBe(code === "provider_refused_our_key" ? 1 : 0);
  });

  test.each([
    ["a 500", refused(500, { type: "api_error" }), "provider_error"],
    [
      "a card error, which no refund has",
      refused(402, { type: "card_error", code: "card_declined" }),
      "provider_unreadable",
    ],
    [
      "a 409",
      refused(409, { type: "invalid_request_error", code: "idempotency_key_in_use" }),
      "provider_idempotency_conflict",
    ],
    ["a lock", refused(400, { type: "invalid_request_error", code: "lock_timeout" }), "provider_object_locked"],
    ["a refusal of no known type", refused(400, { type: "odd" }), "provider_unreadable"],
    ["half of an answer", raw(httpAnswer(200, JSON.stringify(STRIPES).slice(0, 40))), "provider_unreadable"],
    ["an HTML page", raw(httpAnswer(200, "<h1>Back soon</h1>")), "provider_unreadable"],
    [
      "another refund of ours",
      json(200, { ...STRIPES, metadata: { refund_id: "ref_2", installation_id: "ours" } }),
      "provider_answered_about_another",
    ],
    [
      "the same id of another system",
      json(200, { ...STRIPES, metadata: { refund_id: "ref_1", installation_id: "theirs" } }),
      "provider_answered_about_another",
    ],
    ["another payment", json(200, { ...STRIPES, payment_intent: "pi_2" }), "provider_answered_about_another"],
    ["no refund", json(200, { id: "pi_1", object: "payment_intent" }), "provider_unreadable"],
  ])("answered with %s may have run", async (_what, script, code) => {
    expect(await answerTo(refund, script)).toMatchObject({ kind: "unknown", code, isKeySpent: false });
  });

  test("cut off after it was sent may have run, and is not sent again by itself", async () => {
    expect(await answerTo(refund, (socket) => socket.resetAndDestroy())).toMatchObject({ kind: "unknown" });
  });

  test.each([
    ["a stored 500", refused(500, { type: "api_error" }, { "Idempotent-Replayed": "true" })],
    ["other parameters than it was first used with", refused(400, { type: "idempotency_error" })],
  ])("whose key answers with %s can move nothing under it any more", async (_what, script) => {
    expect(await answerTo(refund, script)).toMatchObject({ kind: "unknown", isKeySpent: true });
  });

  test("without an answer in time may have run", async () => {
    provider.close();
    provider = open(200);
    server.play(() => {});
    expect(await refund()).toMatchObject({ kind: "unknown", code: "provider_timeout" });
  });

  test("to nobody there did not run", async () => {
    await server.close();
    expect(await refund()).toMatchObject({ kind: "not_executed" });
    server = await startScriptedServer(json(200, STRIPES));
  });

  test.each(["on a new connection", "on one that is open already"])(
    "that is too late sends no byte %s",
    async (which) => {
      if (which !== "on a new connection") await refund();
      const before = server.requests.length;
      const answer = await refund(() => true);
      expect(answer).toMatchObject({ kind: "not_executed", code: "provider_too_late" });
      expect(server.requests.length).toBe(before);
      // Others are not held up by it.
      expect(await refund()).toMatchObject({ kind: "shown" });
    },
  );
});

describe("the list of a payment's refunds", () => {
  const pages = (...answers: object[]) =>
    server.play((socket, request) => json(200, answers.shift() ?? listOf([]))(socket, request));
  const other = { ...STRIPES, id: "re_2", metadata: {} };

  test("is read to its end, and tells ours from those of others", async () => {
    pages(listOf([other], true), listOf([{ ...STRIPES, status: "failed", failure_reason: "lost_or_stolen_card" }]));
    expect(await list()).toMatchObject({
      kind: "listed",
      refunds: [
        { id: "re_2", refundId: null },
        { id: "re_1", refundId: "ref_1", state: "failed", failureReason: "lost_or_stolen_card" },
      ],
    });
    const queries = server.requests.map(({ path }) => new URL(path, server.url).searchParams);
    expect(queries.map((query) => query.get("payment_intent"))).toEqual(["pi_1", "pi_1"]);
    expect(queries[1]?.get("starting_after")).toBe("re_2");
  });

  test.each([
    ["says that there is more and shows nothing", listOf([], true)],
    ["holds something that cannot be read", listOf([STRIPES, "x"])],
    ["holds another payment's", listOf([{ ...STRIPES, payment_intent: "pi_2" }])],
    ["is no list", { object: "list", data: "x", has_more: false }],
  ])("that %s was not seen", async (_what, page) => {
    pages(page);
    expect(await list()).toMatchObject({ kind: "unknown" });
  });

  test("that is refused says nothing about what is in it", async () => {
    const answer = await answerTo(list, refused(404, { type: "invalid_request_error", code: "resource_missing" }));
    expect(answer).toMatchObject({ kind: "unknown", isKeySpent: false });
  });
});
