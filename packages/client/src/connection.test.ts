import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createPayonce } from "./payonce.ts";
import { PayonceError } from "./payonce-error.ts";
import {
  answer,
  type Behaviour,
  drip,
  halfAnAnswer,
  paymentOf,
  portal,
  refuse,
  reset,
  silence,
  startTestServer,
  type TestServer,
} from "./test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const request = { amount: 4200, currency: "eur", payment_method: "pm_card_visa" };
const accepted = answer(202, paymentOf("queued"));
const create = (options: { signal?: AbortSignal; timeoutMs?: number } = {}) =>
  createPayonce({ key: "sk_test_1", baseUrl: `${server.url}/` }).payments.create(request, {
    idempotencyKey: "order-1001",
    ...options,
  });
const failure = async (promise: Promise<unknown>): Promise<PayonceError> => {
  const error = await promise.then(
    () => "no error",
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(PayonceError);
  return error as PayonceError;
};

describe("what may have been lost on the way is asked again, with the same key and body", () => {
  const mishaps: [string, Behaviour][] = [
    ["the connection breaks before the answer", reset],
    ["the answer breaks off", halfAnAnswer],
    ["something else answers 200 in Payonce's place", portal],
    ["an answer is JSON and not Payonce's", answer(200, { ok: true })],
    ["a proxy answers 502 with a page", (response) => void response.writeHead(502).end("<h1>Bad gateway</h1>")],
    ["408", refuse(408, "request_timeout")],
    ["429", refuse(429, "rate_limited", {}, { "retry-after": "0" })],
    ["500", refuse(500, "internal_error")],
    ["503", refuse(503, "busy")],
    ["504", refuse(504, "busy")],
  ];
  test.each(mishaps)("when %s", async (_what, mishap) => {
    server.behave(mishap, accepted);
    expect(await create()).toMatchObject({ id: "pay_1", status: "queued" });
    expect(server.requests).toHaveLength(2);
    for (const { method, path, headers, body } of server.requests) {
      expect([method, path, body]).toEqual(["POST", "/v1/payments", JSON.stringify(request)]);
      expect(headers).toMatchObject({ authorization: "Bearer sk_test_1", "idempotency-key": "order-1001" });
    }
  });
});

test("waits as long as the server asks it to", async () => {
  server.behave(refuse(429, "rate_limited", {}, { "retry-after": "1" }), accepted);
  await create();
  const [first, second] = server.requests;
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
});

test("gives up when the server wants more time than there is", async () => {
  server.behave(refuse(503, "database_unavailable", {}, { "retry-after": "30" }), accepted);
  const error = await failure(create({ timeoutMs: 5000 }));
  expect(error).toMatchObject({ code: "database_unavailable", status: 503, retryable: true, retryAfterMs: 30_000 });
  expect(server.requests).toHaveLength(1);
});

test.each([
  [400, "idempotency_key_missing"],
  [401, "api_key_invalid"],
  [403, "origin_not_allowed"],
  [404, "payment_not_found"],
  [409, "order_already_paid_for"],
  [422, "field_invalid"],
])("%s is an answer, and is not asked for again", async (status, code) => {
  server.behave(refuse(status, code, { param: "amount" }), accepted);
  expect(await failure(create())).toMatchObject({
    code,
    status,
    retryable: false,
    param: "amount",
    requestId: "req_1",
  });
  expect(server.requests).toHaveLength(1);
});

test.each([
  ["silence", silence],
  ["an answer without end", drip],
])("ends %s when the time is over, and says that nothing is known", async (_what, behaviour) => {
  server.behave(behaviour);
  const error = await failure(create({ timeoutMs: 150 }));
  expect(error).toMatchObject({ code: "no_answer", status: 0, retryable: true, requestId: null });
});

test("an AbortSignal ends a call under way, and one that waits for its next try", async () => {
  for (const behaviour of [silence, refuse(503, "busy", {}, { "retry-after": "20" })]) {
    const controller = new AbortController();
    server.behave((response, seen) => {
      setTimeout(() => controller.abort(new Error("The customer left")), 20);
      return behaviour(response, seen);
    });
    await expect(create({ signal: controller.signal })).rejects.toThrow("The customer left");
  }
  const gone = AbortSignal.abort(new Error("Long gone"));
  server.behave(accepted);
  await expect(create({ signal: gone })).rejects.toThrow("Long gone");
  expect(server.requests).toHaveLength(0);
});

test("what waits for its next try goes on as soon as the browser is online again", async () => {
  // Node has no such event of its own; a page's `globalThis` is an EventTarget.
  const page = new EventTarget();
  const methods = {
    addEventListener: page.addEventListener.bind(page),
    removeEventListener: page.removeEventListener.bind(page),
  };
  Object.assign(globalThis, methods);
  try {
    let failures = 0;
    const offline: typeof fetch = (...call) => {
      // Ten failures are half a minute of waiting.
      if (++failures > 10) return fetch(...call);
      setTimeout(() => page.dispatchEvent(new Event("online")), 1);
      return Promise.reject(new TypeError("Failed to fetch"));
    };
    server.behave(accepted);
    const payonce = createPayonce({ key: "sk_test_1", baseUrl: server.url, fetch: offline });
    await payonce.payments.create(request, { idempotencyKey: "order-1001", timeoutMs: 10_000 });
    expect(server.requests).toHaveLength(1);
  } finally {
    for (const name of Object.keys(methods)) Reflect.deleteProperty(globalThis, name);
  }
});

test("a list goes on from page to page, and asks for no more than is read", async () => {
  const page = (ids: string[], has_more: boolean) =>
    answer(200, { object: "list", data: ids.map((id) => ({ id })), has_more });
  server.behave(page(["pay_3", "pay_2"], true), page(["pay_1"], false));
  const { payments } = createPayonce({ key: "sk_test_1", baseUrl: server.url });
  const ids: string[] = [];
  for await (const { id } of payments.list({ status: ["queued", "unknown"], order_reference: "a&b" })) {
    ids.push(id);
    if (id === "pay_3") expect(server.requests).toHaveLength(1);
  }
  expect(ids).toEqual(["pay_3", "pay_2", "pay_1"]);
  expect(server.requests.map(({ path }) => path)).toEqual([
    "/v1/payments?limit=100&status=queued%2Cunknown&order_reference=a%26b",
    "/v1/payments?limit=100&status=queued%2Cunknown&order_reference=a%26b&starting_after=pay_2",
  ]);
});
