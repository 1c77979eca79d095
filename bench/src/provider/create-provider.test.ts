import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createProvider } from "./create-provider.ts";

const server = createProvider();
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function ask(method: string, path: string, form: Record<string, string> = {}) {
  const body = method === "POST" ? { body: new URLSearchParams(form) } : {};
  return (await (await fetch(url + path, { method, ...body })).json()) as Record<string, unknown>;
}

test("charges an object once, however often it is confirmed, and not when it was canceled", async () => {
  const form = { amount: "4200", currency: "eur", "metadata[payment_id]": "pay_1" };
  const made = await ask("POST", "/v1/payment_intents", form);
  expect(made).toMatchObject({ amount: 4200, status: "requires_confirmation", metadata: { payment_id: "pay_1" } });
  const path = `/v1/payment_intents/${made.id}`;
  for (let time = 1; time <= 2; time++)
    expect(await ask("POST", `${path}/confirm`)).toMatchObject({ status: "succeeded" });
  expect(await ask("POST", `${path}/cancel`)).toMatchObject({ status: "succeeded" });
  expect(await ask("GET", path)).toMatchObject({ status: "succeeded" });

  const canceled = `/v1/payment_intents/${(await ask("POST", "/v1/payment_intents", form)).id}`;
  await ask("POST", `${canceled}/cancel`);
  expect(await ask("POST", `${canceled}/confirm`)).toMatchObject({ status: "canceled" });
  expect(await ask("GET", "/_bench/charges")).toEqual({ charges: 1 });
});

test("counts the charges of both kinds until it is told to forget them", async () => {
  await ask("DELETE", "/_bench/charges");
  expect(await ask("POST", "/charges")).toMatchObject({ id: expect.stringMatching(/^ch_/) });
  expect(await ask("GET", "/_bench/charges")).toEqual({ charges: 1 });
  await ask("DELETE", "/_bench/charges");
  expect(await ask("GET", "/_bench/charges")).toEqual({ charges: 0 });
});
