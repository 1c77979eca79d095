import { createHmac } from "node:crypto";
import { unixSeconds } from "../payment-intents/payment-intent.ts";

/** The Stripe-Signature header for a payload sent now: Stripe signs each try anew. */
export function sign(payload: string, secret: string, now: Date): string {
  const time = unixSeconds(now);
  return `t=${time},v1=${createHmac("sha256", secret).update(`${time}.${payload}`).digest("hex")}`;
}
