import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { RefundResource } from "@payonce/domain";
import type { TestStack } from "./test-stack.ts";

export interface LedgerRefund {
  id: string;
  payment_id: string | null;
  refund_id: string | null;
  amount: number;
  currency: string;
  status: string;
  idempotency_key: string | null;
}

/** A merchant's back office, as the tests need it: it knows nothing but the API, and the provider's own books. */
export function createRefundDesk({ info, checkout }: Pick<TestStack, "info" | "checkout">) {
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${info.apiUrl}${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${info.secretKey}`,
        "content-type": "application/json",
        ...(init.headers as object),
      },
      signal: AbortSignal.timeout(30_000),
    });
    return {
      status: response.status,
      body: (await response.json()) as RefundResource & { code?: string; amount_left?: number },
    };
  };
  const post = (paymentId: string, body: object = {}, idempotencyKey: string = randomUUID()) =>
    send(`/v1/payments/${paymentId}/refunds`, {
      method: "POST",
      headers: { "idempotency-key": idempotencyKey },
      body: JSON.stringify(body),
    });
  const get = (id: string) => send(`/v1/refunds/${id}`);
  const ledger = async (): Promise<LedgerRefund[]> =>
    ((await (await fetch(`${info.simulatorUrl}/_sim/ledger`)).json()) as { refunds: LedgerRefund[] }).refunds;

  return {
    post,
    get,
    ledger,
    /** A payment that has been charged, by its token. */
    async charged(payment_method = "pm_card_visa", body: object = {}): Promise<string> {
      const id = await checkout.pay({ payment_method, ...body });
      const { status } = await checkout.outcome(id);
      if (status !== "succeeded") throw new Error(`${payment_method} ended as ${status}`);
      return id;
    },
    /** Sends the same request until there is an answer, as a client does whose connection broke. */
    async refund(paymentId: string, body: object = {}, idempotencyKey: string = randomUUID()): Promise<string> {
      for (let tries = 0; tries < 200; tries++) {
        const answer = await post(paymentId, body, idempotencyKey).catch(() => null);
        if (answer?.status === 202) return answer.body.id;
        if (answer && answer.status < 500) throw new Error(`refused: ${answer.status} ${answer.body.code}`);
        await delay(100);
      }
      throw new Error("no answer after 200 tries");
    },
    /** Waits until the refund is in one of these states. */
    async until(id: string, states: readonly string[] = ENDS, limitMs = 60_000): Promise<RefundResource> {
      const deadline = Date.now() + limitMs;
      for (;;) {
        const answer = await get(id).catch(() => null);
        if (answer?.status === 200 && states.includes(answer.body.status)) return answer.body;
        if (Date.now() > deadline) throw new Error(`${id} is still ${answer?.body.status ?? "without an answer"}`);
        await delay(25);
      }
    },
    /** What the provider's books hold for one refund of ours. */
    async madeFor(id: string): Promise<LedgerRefund[]> {
      return (await ledger()).filter(({ refund_id }) => refund_id === id);
    },
  };
}

const ENDS = ["succeeded", "failed", "canceled", "dead_lettered"];
