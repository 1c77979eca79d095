import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Stripe } from "stripe";
import { json, type ScriptedServer, startScriptedServer } from "./scripted-server.ts";
import { createStripeProvider } from "./stripe-provider.ts";

const PAYMENT = { id: "pay_1", createdAt: new Date("2026-01-02T00:00:00Z") };
let server: ScriptedServer;
let provider: ReturnType<typeof createStripeProvider>;
let keyRefusals: number;
beforeEach(async () => {
  keyRefusals = 0;
  server = await startScriptedServer(json(200, list([])));
  provider = createStripeProvider({
    apiKey: "sk_test_x",
    apiBase: server.url,
    callTimeoutMs: 20_000,
    installationId: "ours",
    onKeyRefused: () => keyRefusals++,
  });
});
afterEach(async () => {
  provider.close();
  await server.close();
});

const intent = (id: string, status: string, metadata: object = {}) => ({
  id,
  object: "payment_intent",
  amount: 4200,
  currency: "eur",
  status,
  metadata: { payment_id: "pay_1", installation_id: "ours", ...metadata },
  last_payment_error: null,
});
function list(data: unknown[], hasMore = false) {
  return { object: "list", data, has_more: hasMore, url: "/v1/payment_intents" };
}
/** Answers each request with the next page. */
const pages = (...answers: object[]) =>
  server.play((socket, request) => json(200, answers.shift() ?? list([]))(socket, request));
const find = () => provider.find(PAYMENT, Stripe.API_VERSION);

describe("looking for a payment's object", () => {
  test("reads the list to its end, page by page, from the time of the payment", async () => {
    pages(list([intent("pi_3", "succeeded", { payment_id: "pay_3" })], true), list([intent("pi_1", "succeeded")]));
    expect(await find()).toMatchObject({ kind: "object", payment: { id: "pi_1", state: "succeeded" } });
    const [first, second] = server.requests.map(({ path }) => new URL(path, server.url).searchParams);
    expect(Number(first?.get("created[gte]"))).toBe(PAYMENT.createdAt.getTime() / 1_000 - 300);
    expect(second?.get("starting_after")).toBe("pi_3");
  });

  test("is sure that there is none only at the end of the list", async () => {
    expect(await find()).toMatchObject({ kind: "absent" });
  });

  test.each([
    ["says that there is more and shows nothing", list([], true)],
    ["ends in something without an id", list([{}], true)],
    ["holds something that cannot be read", list([intent("pi_2", "succeeded"), "x"])],
    ["is no list", { object: "list", data: "x", has_more: false }],
    ["does not say whether there is more", { object: "list", data: [] }],
  ])("is not sure when the list %s", async (_what, page) => {
    pages(page);
    expect((await find()).kind).toBe("unknown");
  });

  test("passes over objects of other systems at the same account", async () => {
    pages(list([intent("pi_1", "succeeded", { installation_id: "theirs" })]));
    expect(await find()).toMatchObject({ kind: "absent" });
  });

  test.each([
    [["requires_confirmation", "succeeded", "processing"], "succeeded"],
    [["requires_confirmation", "processing", "canceled"], "processing"],
    [["canceled", "requires_confirmation", "never_heard_of"], "never_heard_of"],
    [["canceled", "requires_confirmation"], "requires_confirmation"],
  ])("of several that are %j holds on to the one that is %s", async (states, chosen) => {
    pages(list(states.map((state, i) => intent(`pi_${i}`, state))));
    expect(await find()).toMatchObject({ payment: { state: chosen } });
  });

  test("raises the alarm when the key is refused, and is sure of nothing", async () => {
    server.play(json(401, { error: { type: "invalid_request_error", message: "no" } }));
    expect(await find()).toMatchObject({ kind: "not_executed", code: "provider_refused_our_key" });
    expect(keyRefusals).toBe(1);
  });
});

describe("the account", () => {
  test("is asked for once, and told with the API version", async () => {
    server.play(json(200, { id: "acct_1", object: "account" }));
    const identity = { account: "acct_1:test", apiVersion: Stripe.API_VERSION };
    expect([await provider.identify(), await provider.identify()]).toEqual([identity, identity]);
    expect(server.requests.map(({ path }) => path)).toEqual(["/v1/account"]);
  });

  test("is another one for a live key: objects of the test world do not exist there", async () => {
    server.play(json(200, { id: "acct_1", object: "account" }));
    const live = createStripeProvider({
      apiKey: "rk_live_x",
      apiBase: server.url,
      callTimeoutMs: 20_000,
      installationId: "ours",
    });
    expect(await live.identify()).toMatchObject({ account: "acct_1:live" });
    live.close();
  });

  test("is the only one at a stand-in that has no accounts", async () => {
    server.play(json(404, { error: { type: "invalid_request_error", message: "Unrecognized request URL" } }));
    expect(await provider.identify()).toMatchObject({ account: "acct_only:test" });
  });

  test.each([
    ["an error", 500, { error: { type: "api_error" } }],
    ["something else", 200, { id: "cus_1", object: "customer" }],
  ])("is not known while the answer is %s, and asked for again", async (_what, status, body) => {
    server.play(json(status, body));
    expect(await provider.identify()).toBeNull();
    server.play(json(200, { id: "acct_1", object: "account" }));
    expect(await provider.identify()).toMatchObject({ account: "acct_1:test" });
  });
});
