import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type CheckoutOptions, createCheckout } from "./checkout.ts";
import {
  answer,
  createTestStorage,
  paymentOf,
  refuse,
  reset,
  type SeenRequest,
  startTestServer,
  type TestServer,
} from "./test-server.ts";

let server: TestServer;
let storage: ReturnType<typeof createTestStorage>;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  storage = createTestStorage();
});

const visa = { amount: 4200, currency: "eur", payment_method: "pm_card_visa" };
const mastercard = { ...visa, payment_method: "pm_card_mastercard" };
/** A tab of the browser; opened again, it is a page after a reload. */
const openTab = (options: Partial<CheckoutOptions> = {}) =>
  createCheckout({ key: "pk_test_1", baseUrl: server.url, order: "1001", storage, ...options });
const payment = (status: string, id = "pay_1") => answer(202, paymentOf(status, { id, client_secret: "…" }));
const keyOf = ({ headers }: SeenRequest) => headers["idempotency-key"];
const secretOf = ({ headers }: SeenRequest) => headers["payonce-client-secret"];
const sent = () => server.requests.filter(({ method }) => method === "POST");
const keys = () => new Set(sent().map(keyOf)).size;
const secrets = () => new Set(sent().map(secretOf)).size;

describe("one payment", () => {
  test("is made with a random key and secret, and the order's reference", async () => {
    server.behave(payment("queued"));
    const taken = await openTab().pay(visa);
    expect(taken).toMatchObject({ id: "pay_1", status: "queued" });
    expect(taken).not.toHaveProperty("client_secret");
    const [request] = sent();
    expect(JSON.parse(request?.body ?? "")).toEqual({ ...visa, order_reference: "1001" });
    expect(keyOf(request as SeenRequest)).toMatch(/^[0-9a-f]{64}$/);
    expect(secretOf(request as SeenRequest)).toMatch(/^[0-9a-f]{64}$/);
    expect(keyOf(request as SeenRequest)).not.toBe(secretOf(request as SeenRequest));
  });

  test("is what ten clicks at once come to, in one request", async () => {
    server.behave(payment("queued"));
    const tab = openTab();
    await Promise.all(Array.from({ length: 10 }, () => tab.pay(visa)));
    expect(sent()).toHaveLength(1);
  });

  test("is what later clicks, a reload and other tabs come to: the same key, secret and body", async () => {
    server.behave(reset, payment("queued"));
    const tab = openTab();
    await tab.pay(visa);
    await tab.pay(visa);
    await Promise.all([openTab().pay(visa), openTab().pay(visa)]);
    expect(sent()).toHaveLength(5);
    expect([keys(), secrets(), new Set(sent().map(({ body }) => body)).size]).toEqual([1, 1, 1]);
  });

  test("is what two tabs come to that press Pay at the same moment", async () => {
    server.behave(payment("queued"));
    await Promise.all([openTab().pay(visa), openTab().pay(visa)]);
    expect([sent().length, keys(), secrets()]).toEqual([2, 1, 1]);
  });

  test("is given up by no caller for another", async () => {
    let finish = () => {};
    server.behave((response, request) => {
      finish = () => payment("queued")(response, request);
    });
    const tab = openTab();
    const controller = new AbortController();
    const left = tab.pay(visa, { signal: controller.signal });
    const stayed = tab.pay(visa);
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(new Error("Left"));
    await expect(left).rejects.toThrow("Left");
    finish();
    expect(await stayed).toMatchObject({ id: "pay_1" });
  });

  test("is sent no more once all who asked for it have left, and is the same when it is asked for again", async () => {
    const controller = new AbortController();
    server.behave((response) => {
      controller.abort(new Error("Left"));
      response.destroy();
    }, payment("queued"));
    const tab = openTab();
    await expect(tab.pay(visa, { signal: controller.signal })).rejects.toThrow("Left");
    await tab.pay(visa);
    expect([sent().length, keys()]).toEqual([2, 1]);
  });
});

test("a lock that another tab does not give back keeps nobody from paying", async () => {
  const locks = {
    request: (_name: string, { signal }: { signal: AbortSignal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  try {
    server.behave(payment("queued"));
    await openTab().pay(visa);
    expect(sent()).toHaveLength(1);
  } finally {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else Reflect.deleteProperty(globalThis, "navigator");
  }
});

describe("another attempt", () => {
  test("is made after the customer was told of a decline, and not before", async () => {
    server.behave(payment("declined"), payment("queued", "pay_2"));
    const tab = openTab();
    expect(await tab.pay(visa)).toMatchObject({ status: "declined" });
    expect(await tab.pay(visa)).toMatchObject({ id: "pay_2" });
    expect([keys(), secrets()]).toEqual([2, 1]);

    // Nobody has told this tab of it: its first click may be of the same mind as the one before.
    server.behave(payment("declined", "pay_2"), payment("queued", "pay_3"));
    const reloaded = openTab();
    expect(await reloaded.pay(visa)).toMatchObject({ id: "pay_2", status: "declined" });
    expect(await reloaded.pay(visa)).toMatchObject({ id: "pay_3" });
    expect(keys()).toBe(2);
  });

  test("with another card is answered with the payment that is under way, which the same secret opens", async () => {
    server.behave(payment("unknown"));
    const tab = openTab();
    await tab.pay(visa);
    const secret = secretOf(sent()[0] as SeenRequest);
    server.behave(
      refuse(409, "order_already_paid_for", { payment: "/v1/payments/pay_1" }),
      answer(200, paymentOf("unknown")),
    );
    expect(await tab.pay(mastercard)).toMatchObject({ id: "pay_1", status: "unknown" });
    expect(secretOf(sent()[0] as SeenRequest)).toBe(secret);
    const asked = server.requests[1] as SeenRequest;
    expect([asked.path, secretOf(asked)]).toEqual(["/v1/payments/pay_1", `pay_1_secret_${secret}`]);
  });

  test("takes the place of one that has no answer yet, which is sent no more", async () => {
    const isVisa = ({ body }: SeenRequest) => body.includes("pm_card_visa");
    server.behave((response, request) => (isVisa(request) ? reset : payment("declined", "pay_2"))(response, request));
    const tab = openTab();
    const first = tab.pay(visa);
    while (sent().length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await tab.pay(mastercard);
    expect(second).toMatchObject({ id: "pay_2", status: "declined" });
    expect(await first).toEqual(second);
    expect(isVisa(sent().at(-1) as SeenRequest)).toBe(false);
  });

  test("after a success is answered with the success", async () => {
    server.behave(payment("succeeded"));
    const tab = openTab();
    expect(await tab.pay(visa)).toMatchObject({ status: "succeeded" });
    expect(await tab.pay(visa)).toMatchObject({ status: "succeeded" });
    expect(keys()).toBe(1);
  });
});

describe("when tabs have missed each other", () => {
  test("the one that comes second takes over the secret of the other, and finds its payment", async () => {
    server.behave((response, request) => {
      // The other tab writes down what was taken on a moment later.
      storage.setItem(
        "payonce:1001",
        JSON.stringify({ secret: "s".repeat(64), key: "k".repeat(64), body: request.body, id: "pay_1" }),
      );
      return refuse(409, "order_already_paid_for")(response, request);
    }, payment("queued"));
    expect(await openTab().pay(visa)).toMatchObject({ id: "pay_1" });
    expect([keyOf, secretOf].map((of) => of(sent()[1] as SeenRequest))).toEqual(["k".repeat(64), "s".repeat(64)]);
  });

  test("and there is nothing to take over, says that the order is paid for elsewhere", async () => {
    server.behave(refuse(409, "order_already_paid_for"));
    await expect(openTab().pay(visa)).rejects.toMatchObject({ code: "order_already_paid_for", retryable: false });
    expect([keys(), secrets()]).toEqual([1, 1]);
  });

  test("a key that means something else at the server is replaced, and the secret stays", async () => {
    server.behave(refuse(422, "idempotency_key_reused"), payment("queued"));
    await openTab().pay(visa);
    expect([sent().length, keys(), secrets()]).toEqual([2, 2, 1]);
  });
});

describe("where storage", () => {
  const refuses = () => {
    throw new DOMException("The operation is insecure", "SecurityError");
  };
  test("is refused, or full, a tab keeps the attempt to itself", async () => {
    for (const broken of [
      { getItem: refuses, setItem: refuses, removeItem: refuses },
      { ...storage, setItem: refuses },
    ]) {
      server.behave(reset, payment("queued"));
      const tab = openTab({ storage: broken });
      await tab.pay(visa);
      await tab.pay(visa);
      expect([sent().length, keys(), secrets()]).toEqual([3, 1, 1]);
      tab.forget();
    }
  });

  test("is emptied in the middle of a payment, the tab still knows, and writes it down again", async () => {
    server.behave(payment("queued"));
    const tab = openTab();
    await tab.pay(visa);
    storage.items.clear();
    await tab.pay(visa);
    await openTab().pay(visa);
    expect([sent().length, keys(), secrets()]).toEqual([3, 1, 1]);
  });

  test.each(["null", "{", "[]", '{"key":"k"}'])("holds %s, it is as if it held nothing", async (rubbish) => {
    storage.setItem("payonce:1001", rubbish);
    server.behave(payment("queued"));
    expect(await openTab().resume()).toEqual({ kind: "none" });
    await openTab().pay(visa);
    expect(secretOf(sent()[0] as SeenRequest)).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("after a reload", () => {
  test("the payment that was under way is found, without another one being sent", async () => {
    server.behave(payment("queued"));
    await openTab().pay(visa);
    server.behave(answer(200, paymentOf("unknown")));
    expect(await openTab().resume()).toMatchObject({ kind: "payment", payment: { id: "pay_1", status: "unknown" } });
    expect(sent()).toEqual([]);
  });

  test("a click without an answer is told of, and sends nothing until the next click, which is the same payment", async () => {
    server.behave(reset);
    await expect(openTab().pay(visa, { timeoutMs: 100 })).rejects.toMatchObject({ retryable: true });
    const key = keyOf(sent()[0] as SeenRequest);
    server.behave(payment("queued"));
    const tab = openTab();
    expect(await tab.resume()).toEqual({ kind: "unanswered" });
    expect(server.requests).toHaveLength(0);
    await tab.pay(visa);
    expect(keyOf(sent()[0] as SeenRequest)).toBe(key);
  });

  test("a payment that is not there any more is forgotten", async () => {
    server.behave(payment("queued"));
    await openTab().pay(visa);
    server.behave(refuse(404, "payment_not_found"));
    expect(await openTab().resume()).toEqual({ kind: "none" });
    expect(storage.items.size).toBe(0);
  });

  test("nothing is known of an order that was forgotten, or of another one", async () => {
    server.behave(payment("queued"));
    const tab = openTab();
    await tab.pay(visa);
    expect(await openTab({ order: "1002" }).resume()).toEqual({ kind: "none" });
    tab.forget();
    expect(await tab.resume()).toEqual({ kind: "none" });
  });
});
