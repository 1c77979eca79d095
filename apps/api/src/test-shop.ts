import { randomBytes, randomUUID } from "node:crypto";
import { replaceOrigins } from "@payonce/db";
import request from "supertest";
import { addApiKey, type TestApi, VALID } from "./test-api.ts";

export const SHOP = "https://shop.example";

export type TestShop = Awaited<ReturnType<typeof openShop>>;

/** A merchant's web page: it has the publishable key, and sends what a browser would. */
export async function openShop(api: TestApi, merchantId = api.merchantId, origin = SHOP) {
  await replaceOrigins(api.db.pool, merchantId, [origin]);
  const publishableKey = await addApiKey(api.db, merchantId, "publishable");
  const authorization = `Bearer ${publishableKey}`;
  const page = { authorization, Origin: origin };
  return {
    publishableKey,
    /** What each request of the page has. */
    page,
    /** A valid payment, with an idempotency key and a client secret of its own, unless said otherwise. */
    pay: (body: object = VALID, headers: Record<string, string> = {}) =>
      request(api.url)
        .post("/v1/payments")
        .set({ ...page, "Idempotency-Key": randomUUID(), "Payonce-Client-Secret": newSecret(), ...headers })
        .send(body),
    read: (path: string, clientSecret: string, headers: Record<string, string> = {}) =>
      request(api.url)
        .get(path)
        .set({ ...page, "Payonce-Client-Secret": clientSecret, ...headers }),
  };
}

export const newSecret = () => randomBytes(32).toString("hex");
