import type { Books, Change } from "../books.ts";
import { stripeCharge } from "../charges/stripe-charge.ts";
import { holdsMoney, type Refund } from "../refunds/refund.ts";
import type { WebhookEvent } from "./webhook-event.ts";

type Told = { readonly type: string; readonly object: WebhookEvent["data"]["object"] };

/** What there is to tell of a change that makes a refund, or has its bank speak of it. */
export function refundEventsOf(books: Books, { refund: record }: Pick<Change, "refund">): Told[] {
  if (record === undefined) return [];
  const { refund } = record;
  const before = books.refunds.all.get(refund.id)?.refund;
  if (before === undefined) {
    const charge = chargeAfter(books, refund);
    return [
      { type: "refund.created", object: refund },
      ...(charge ? [{ type: "charge.refunded", object: charge }] : []),
    ];
  }
  if (before.status === refund.status) return [];
  const failed = refund.status === "failed" ? [{ type: "refund.failed", object: refund }] : [];
  return [{ type: "refund.updated", object: refund }, ...failed];
}

function chargeAfter(books: Books, refund: Refund) {
  const charge = books.allCharges.get(refund.charge);
  const refunded = books.refunds.refundedMinor(refund.payment_intent) + (holdsMoney(refund) ? refund.amount : 0);
  return charge && stripeCharge(charge, books.intent(refund.payment_intent)?.intent, refunded);
}
