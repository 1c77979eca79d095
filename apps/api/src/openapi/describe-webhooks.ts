import { PUBLIC_EVENTS, type PublicKind, webhookEventSchema } from "@payonce/domain";
import type { OperationDescription } from "@payonce/http/openapi";
import { z } from "zod";
import { PAYMENT_ID, QUEUED_PAYMENT, REFUND_ID, SUCCEEDED_PAYMENT, WEBHOOK_EVENT } from "./examples.ts";

const MEANINGS: Record<PublicKind, string> = {
  queued: "A payment was accepted.",
  retry_wait: "An attempt failed before money could have moved; it is tried again.",
  unknown: "Money may have moved; the provider is asked until it says. Do not take the money elsewhere.",
  dead_lettered: "Its tries are spent: a person decides. `outcome_unknown` says whether money may have moved.",
  succeeded: "The money has been taken, once. Deliver.",
  declined: "The bank refused; `failure_code` says why. It will not be charged any more.",
  canceled: "It was canceled before it was charged, and will not be charged any more.",
  refund_requested: "A refund was accepted; its amount is reserved.",
  refund_retry_wait: "An attempt at a refund failed before money could have moved; it is tried again.",
  refund_unknown: "The money of a refund may have moved; the provider is asked until it says.",
  refund_pending: "The provider has the refund, and has not finished.",
  refund_dead_lettered: "A refund's tries are spent: a person decides.",
  refund_succeeded: "The money has gone back. Days later it can still come back: `refund.failed`.",
  refund_failed: "The money has not gone back, or was returned by the customer's bank. It can be refunded again.",
  refund_canceled: "The provider canceled the refund. It can be refunded again.",
};

const FAILURES: Record<string, string> = {
  retry_wait: "provider_refused",
  unknown: "provider_timeout",
  dead_lettered: "provider_refused",
  declined: "insufficient_funds",
};

const headers = z.object({
  "webhook-id": z.string().meta({ description: "The event's id, the same at each try" }),
  "webhook-timestamp": z.string().meta({ description: "When this try was sent, in seconds since 1970" }),
  "webhook-signature": z.string().meta({
    description:
      "`v1,` and a signature by [Standard Webhooks](https://www.standardwebhooks.com); two while a secret is replaced",
  }),
});

/** What is sent to webhook endpoints, by the name of the event. */
export const webhooks: readonly OperationDescription[] = Object.entries(PUBLIC_EVENTS).map(([kind, type]) => ({
  operationId: `on${type.replace(/(?:^|[._])(\w)/g, (_, letter) => letter.toUpperCase())}`,
  method: "post",
  path: type,
  tag: "Webhook events",
  summary: MEANINGS[kind as PublicKind].replaceAll("`", ""),
  description: "Sent to each enabled endpoint that asked for it, at least once. Any 2xx says that you have it.",
  params: z.strictObject({}),
  query: z.strictObject({}),
  headers,
  body: { schema: webhookEventSchema, example: exampleOf(kind, type) },
  answers: { 204: { description: "You have it. Any other 2xx says the same; the body of your answer is not needed." } },
  problems: [],
  security: [],
}));

function exampleOf(kind: string, type: (typeof PUBLIC_EVENTS)[PublicKind]): z.input<typeof webhookEventSchema> {
  if (type === WEBHOOK_EVENT.type) return WEBHOOK_EVENT;
  const isAboutRefund = type.startsWith("refund.");
  const version = isAboutRefund ? 7 : kind === "queued" ? 1 : 4;
  const id = `evt_${PAYMENT_ID}_${version}_${kind}`;
  return {
    ...WEBHOOK_EVENT,
    id,
    type,
    version,
    refund: isAboutRefund ? REFUND_ID : null,
    data: { ...paymentAfter(kind, isAboutRefund), version },
  };
}

function paymentAfter(kind: string, isAboutRefund: boolean): typeof SUCCEEDED_PAYMENT {
  if (!isAboutRefund) {
    const status = kind as (typeof SUCCEEDED_PAYMENT)["status"];
    const isWaiting = status === "retry_wait" || status === "unknown";
    return {
      ...QUEUED_PAYMENT,
      status,
      attempts: status === "queued" ? 0 : 1,
      outcome_unknown: status === "unknown",
      failure_code: FAILURES[kind] ?? null,
      next_attempt_at: isWaiting || status === "queued" ? QUEUED_PAYMENT.next_attempt_at : null,
    };
  }
  if (kind === "refund_failed" || kind === "refund_canceled") return SUCCEEDED_PAYMENT;
  const isBack = kind === "refund_succeeded";
  return {
    ...SUCCEEDED_PAYMENT,
    amount_refunded: isBack ? 1000 : 0,
    amount_refund_pending: isBack ? 0 : 1000,
    refund_status: isBack ? "partial" : "pending",
  };
}
