import { setTimeout as delay } from "node:timers/promises";
import type { ClientCall, ClientLog } from "../client-log.ts";
import type { Random } from "../random.ts";
import type { Tenant } from "../storm-stack.ts";

export interface ShopAnswer {
  status: number;
  body: Record<string, unknown>;
}

export interface Ask {
  call: ClientCall;
  method?: "GET" | "POST";
  path: string;
  idempotencyKey?: string;
  body?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** After this the client hangs up. */
  patienceMs?: number;
}

/** A merchant's client, as careful as one has to be and no more. Everything it sends is in the client log. */
export interface Shop {
  readonly merchantId: string;
  /** Sends once; null when no answer came. */
  ask(request: Ask): Promise<ShopAnswer | null>;
  /** Sends the same request again until there is an answer that says something; null when the storm is over before. */
  insist(request: Ask): Promise<ShopAnswer | null>;
  /** Until the payment has one of these states; null when it has not in time. */
  awaitStatus(paymentId: string, states: readonly string[], limitMs: number): Promise<string | null>;
}

export interface ShopOptions {
  visit: string;
  tenant: Tenant;
  /** Of each api; requests go to one or the other. */
  apiUrls: readonly string[];
  log: ClientLog;
  random: Random;
  /** Aborted when clients are to stop asking. */
  closing: AbortSignal;
}

const DEFAULT_PATIENCE_MS = 4_000;

export function createShop({ visit, tenant, apiUrls, log, random, closing }: ShopOptions): Shop {
  const ask = async (request: Ask): Promise<ShopAnswer | null> => {
    const url = `${random.pick(apiUrls)}${request.path}`;
    const { call, idempotencyKey = null, body = null, patienceMs = DEFAULT_PATIENCE_MS } = request;
    const clientSecret = request.headers?.["payonce-client-secret"];
    const n = log.sent({ visit, call, merchantId: tenant.merchantId, url, idempotencyKey, body, clientSecret });
    try {
      const response = await fetch(url, {
        method: request.method ?? "POST",
        headers: {
          authorization: `Bearer ${tenant.secretKey}`,
          "content-type": "application/json",
          ...(idempotencyKey !== null && { "idempotency-key": idempotencyKey }),
          ...request.headers,
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(patienceMs),
      });
      const answer = (await response.json()) as Record<string, unknown>;
      log.answered(n, response.status, answer);
      return { status: response.status, body: answer };
    } catch (error) {
      log.gaveUp(n, (error as Error).name);
      return null;
    }
  };
  return {
    merchantId: tenant.merchantId,
    ask,
    async insist(request) {
      for (let tries = 0; !closing.aborted; tries++) {
        // Only the first time is it as impatient as it was said to be.
        const answer = await ask(tries === 0 ? request : { ...request, patienceMs: DEFAULT_PATIENCE_MS });
        if (answer && answer.status < 500 && answer.status !== 429) return answer;
        await delay(100 + 100 * Math.min(tries, 5), undefined, { signal: closing }).catch(() => {});
      }
      return null;
    },
    async awaitStatus(paymentId, states, limitMs) {
      const deadline = Date.now() + limitMs;
      while (!closing.aborted && Date.now() < deadline) {
        const answer = await ask({ call: "read", method: "GET", path: `/v1/payments/${paymentId}?wait=2` });
        const status = String(answer?.body.status);
        if (answer?.status === 200 && states.includes(status)) return status;
        await delay(200, undefined, { signal: closing }).catch(() => {});
      }
      return null;
    },
  };
}
