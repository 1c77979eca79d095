import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { StackInfo } from "./stack-file.ts";

const amountMinor = 4200;
const finalStates = ["succeeded", "declined", "canceled"];
const waitLimitMs = 30_000;

export interface FirstPayment {
  id: string;
  status: string;
  /** What happened to it, in milliseconds since it was accepted. */
  timeline: { kind: string; afterMs: number }[];
  /** What the simulated provider's ledger says about it. */
  charges: { id: string; payment_intent: string; amount: number; currency: string }[];
}

/**
 * Sends one payment through the running stack and follows it until it is final, for half a minute at most.
 *
 * @throws when the API does not take it
 */
export async function sendFirstPayment(info: StackInfo): Promise<FirstPayment> {
  const accepted = await call(info, "/v1/payments", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": randomUUID() },
    body: JSON.stringify({
      amount: amountMinor,
      currency: "eur",
      payment_method: "pm_card_visa",
      description: "First payment",
    }),
  });
  const deadlineMs = Date.now() + waitLimitMs;
  let payment = accepted;
  while (!finalStates.includes(payment.status) && Date.now() < deadlineMs) {
    payment = await call(info, `/v1/payments/${accepted.id}?wait=20`);
    // An API that answers before its wait is over must not be asked in a tight loop.
    if (!finalStates.includes(payment.status)) await sleep(100);
  }
  return {
    id: payment.id,
    status: payment.status,
    timeline: await readTimeline(info.databaseUrl, payment.id),
    charges: await readLedger(info.simulatorUrl, payment.id),
  };
}

async function call(info: StackInfo, path: string, init: RequestInit = {}): Promise<{ id: string; status: string }> {
  const answer = await fetch(new URL(path, info.apiUrl), {
    ...init,
    headers: { ...init.headers, Authorization: `Bearer ${info.secretKey}` },
    signal: AbortSignal.timeout(waitLimitMs),
  });
  if (!answer.ok) throw new Error(`${init.method ?? "GET"} ${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as { id: string; status: string };
}

async function readTimeline(databaseUrl: string, paymentId: string): Promise<FirstPayment["timeline"]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT kind, (extract(epoch FROM at - first_value(at) OVER (ORDER BY version)) * 1000)::float8 AS "afterMs"
       FROM timeline WHERE payment_id = $1 ORDER BY version`,
      [paymentId],
    );
    return rows;
  } finally {
    await client.end();
  }
}

async function readLedger(simulatorUrl: string, paymentId: string): Promise<FirstPayment["charges"]> {
  const answer = await fetch(new URL("/_sim/ledger", simulatorUrl), { signal: AbortSignal.timeout(5000) });
  const { charges } = (await answer.json()) as {
    charges: (FirstPayment["charges"][number] & { payment_id: string })[];
  };
  return charges.filter((charge) => charge.payment_id === paymentId);
}
