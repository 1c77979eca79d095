import type { PlannedCheckout } from "../plan.ts";
import type { StoryLog } from "../story-log.ts";

/** A page waits so long for an answer before it says that there is none. */
export const pageTimeoutMs = 10_000;

export interface Pressed {
  status: number;
  body: { id?: string; status?: string };
  isReplayed: boolean;
}

/**
 * One request for an order: the same to both services, byte for byte but for the secret key. It carries an idempotency key;
 * the naive service does not know what to do with it.
 *
 * @returns undefined where there was no answer
 */
export async function pressPay(
  url: string,
  { order, amountMinor }: PlannedCheckout,
  { log, secretKey }: { log: StoryLog; secretKey: string },
): Promise<Pressed | undefined> {
  log.add({ order, from: "customer", to: "service", text: "Pay" });
  try {
    const answer = await fetch(`${url}/v1/payments`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${secretKey}`,
        "content-type": "application/json",
        "idempotency-key": `checkout-of-${order}`,
      },
      body: JSON.stringify({
        amount: amountMinor,
        currency: "eur",
        payment_method: "pm_card_visa",
        order_reference: order,
        description: order,
      }),
      signal: AbortSignal.timeout(pageTimeoutMs),
    });
    const isReplayed = answer.headers.get("idempotent-replayed") === "true";
    return { status: answer.status, body: (await answer.json()) as Pressed["body"], isReplayed };
  } catch {
    log.add({ order, from: "service", to: "customer", text: "no answer", isLost: true });
    return undefined;
  }
}
