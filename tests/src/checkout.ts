import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { PaymentResource } from "@payonce/domain";

export interface CheckoutAnswer {
  status: number;
  body: PaymentResource & { code?: string };
  headers: Headers;
}

/** A merchant's checkout, as the tests need it: it knows nothing but the API. */
export function createCheckout({ apiUrl, secretKey }: { apiUrl: string; secretKey: string }) {
  const authorization = `Bearer ${secretKey}`;
  const send = async (path: string, init: RequestInit = {}): Promise<CheckoutAnswer> => {
    const response = await fetch(`${apiUrl}${path}`, {
      ...init,
      headers: { authorization, "content-type": "application/json", ...(init.headers as object) },
      signal: AbortSignal.timeout(30_000),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as CheckoutAnswer["body"],
    };
  };
  const post = (body: object, idempotencyKey: string = randomUUID()) =>
    send("/v1/payments", {
      method: "POST",
      headers: { "idempotency-key": idempotencyKey },
      body: JSON.stringify({ amount: 4200, currency: "eur", payment_method: "pm_card_visa", ...body }),
    });
  const get = (id: string, waitSeconds = 0) => send(`/v1/payments/${id}?wait=${waitSeconds}`);

  return {
    post,
    get,
    /** Sends the same request until there is an answer, as a checkout does whose connection broke. */
    async pay(body: object, idempotencyKey: string = randomUUID()): Promise<string> {
      for (let tries = 0; tries < 200; tries++) {
        const answer = await post(body, idempotencyKey).catch(() => null);
        if (answer?.status === 202) return answer.body.id;
        if (answer && answer.status < 500) throw new Error(`refused: ${answer.status} ${answer.body.code}`);
        await delay(100);
      }
      throw new Error("no answer after 200 tries");
    },
    /** Waits until the payment is final or waits for a person. */
    async outcome(id: string, limitMs = 60_000): Promise<PaymentResource> {
      const deadline = Date.now() + limitMs;
      // Looks before it waits: one that waits for a person is not final, and keeps a long poll to its end.
      for (let waitSeconds = 0; ; waitSeconds = 1) {
        const answer = await get(id, waitSeconds).catch(() => null);
        if (answer?.status === 200 && ENDS.has(answer.body.status)) return answer.body;
        if (Date.now() > deadline) throw new Error(`${id} is still ${answer?.body.status ?? "without an answer"}`);
        if (answer?.status !== 200) await delay(100);
      }
    },
  };
}

const ENDS = new Set(["succeeded", "declined", "canceled", "dead_lettered"]);
