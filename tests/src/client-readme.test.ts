import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as client from "@payonce/client";
import { repositoryRoot } from "@payonce/stack";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

/** Of a page of the merchant's. */
const ORIGIN = "http://shop.test";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
  const answer = await fetch(`${stack.info.apiUrl}/v1/allowed_origins`, {
    method: "PUT",
    headers: { authorization: `Bearer ${stack.info.secretKey}`, "content-type": "application/json" },
    body: JSON.stringify({ origins: [ORIGIN] }),
  });
  expect(answer.status).toBe(200);
}, 60_000);
afterAll(() => stack?.stop(), 30_000);

const examplesOf = (...path: string[]) =>
  [...readFileSync(join(repositoryRoot, ...path), "utf8").matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => code);

/** Runs an example as it is written; only where the client comes from is said in another way. */
async function run(example: string, names: Record<string, unknown>): Promise<void> {
  const code = example.replace(/^import (\{.*\}) from "@payonce\/client";$/gm, "const $1 = client;");
  expect(code).not.toContain("import");
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const all: Record<string, unknown> = { client: inPage, ...names };
  await new AsyncFunction(...Object.keys(all), code)(...Object.values(all));
}

const items = new Map<string, string>();
const storage = {
  getItem: (name: string) => items.get(name) ?? null,
  setItem: (name: string, value: string) => void items.set(name, value),
  removeItem: (name: string) => void items.delete(name),
};
/** The client as in a browser's page: with an origin, and with storage. */
const inPage = {
  ...client,
  createCheckout: (options: client.CheckoutOptions) =>
    client.createCheckout({
      ...options,
      storage,
      fetch: (address, init) => fetch(address, { ...init, headers: { ...(init?.headers as object), Origin: ORIGIN } }),
    }),
};

test("the example of the README takes a payment as written", async () => {
  const [example = "", ...others] = examplesOf("README.md");
  expect(others).toEqual([]);
  const shown: unknown[] = [];
  const payButton = { onclick: async () => {} };
  const { apiUrl, publishableKey } = stack.info;
  const show = (what: unknown) => shown.push(what);
  // An order of its own: the other example pays for the one that both name.
  const createCheckout = (options: client.CheckoutOptions) => inPage.createCheckout({ ...options, order: "readme" });
  await run(example, { apiUrl, publishableKey, payButton, show, createCheckout });
  await payButton.onclick();
  expect(shown.at(-1)).toBe("succeeded");
});

test("the examples of the client's README run as written", async () => {
  const { apiUrl, publishableKey, secretKey } = stack.info;
  const shown: unknown[][] = [];
  const show = (...what: unknown[]) => shown.push(what);
  const take = () => shown.splice(0);
  const names = { apiUrl, publishableKey, secretKey, show };
  const examples = examplesOf("packages", "client", "README.md");
  const [page = "", reload = "", server = "", failure = ""] = examples;
  expect(examples).toHaveLength(4);

  const payButton = { onclick: async () => {} };
  await run(page, { ...names, payButton });
  await Promise.all([payButton.onclick(), payButton.onclick()]);
  const events = take().map(([what]) => what);
  expect(events.filter((what) => what === "succeeded")).toHaveLength(2);
  expect(events).toEqual(expect.arrayContaining(["payment.queued", "payment.succeeded"]));
  expect(await stack.query("SELECT status FROM payments WHERE order_reference = '1001'")).toEqual([
    { status: "succeeded" },
  ]);

  await run(reload, names);
  expect(take()).toEqual([["succeeded"]]);

  await run(server, names);
  expect(take()).toEqual([["succeeded", 4200], [expect.any(String)], ["succeeded", 1200], [true]]);
  await until("the refund is over", async () => {
    const [refund] = await stack.query("SELECT status FROM refunds");
    return refund?.status === "succeeded";
  });

  await run(failure, names);
  expect(take()).toEqual([["field_invalid", "amount", false]]);
});
