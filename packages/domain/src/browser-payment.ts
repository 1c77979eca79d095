import { z } from "zod";
import { type PaymentResource, paymentResourceSchema } from "./payment-resource.ts";
import { type LiveEvent, liveEventSchema, type TimelineEvent } from "./timeline-event.ts";

/** A payment as a publishable key shows it, which is as a customer may see it: metadata is the merchant's own. */
export const browserPaymentSchema = paymentResourceSchema
  .omit({ metadata: true })
  .meta({ id: "BrowserPayment", description: "A payment as a publishable key is shown it: without your metadata" });
export type BrowserPayment = z.output<typeof browserPaymentSchema>;

/** The data of a server-sent event, for a publishable key. */
export const browserLiveEventSchema = liveEventSchema
  .extend({ data: browserPaymentSchema })
  .meta({ id: "BrowserLiveEvent", description: "The same, as a publishable key is shown it" });
export type BrowserLiveEvent = z.output<typeof browserLiveEventSchema>;

const clientSecret = {
  client_secret: z.string().meta({
    description:
      "Opens this payment, and no other, to a web page with your publishable key. Give it to that customer's browser alone",
  }),
};
/** The answer to `POST /v1/payments`. */
export const createdPaymentSchema = paymentResourceSchema
  .extend(clientSecret)
  .meta({ id: "CreatedPayment", description: "A payment with its client secret" });
export type CreatedPayment = z.output<typeof createdPaymentSchema>;
/** The same for a publishable key. */
export const createdBrowserPaymentSchema = browserPaymentSchema
  .extend(clientSecret)
  .meta({ id: "CreatedBrowserPayment", description: "The same, as a publishable key is shown it" });
export type CreatedBrowserPayment = z.output<typeof createdBrowserPaymentSchema>;

/**
 * What a bank says only to the merchant: whoever tries a stolen card must not learn that it is known to be stolen.
 * https://docs.stripe.com/declines/codes
 */
const CONFIDENTIAL_CODES: ReadonlySet<string> = new Set([
  "fraudulent",
  "lost_card",
  "merchant_blacklist",
  "pickup_card",
  "restricted_card",
  "security_violation",
  "stolen_card",
]);
const UNTOLD = "generic_decline";

/** A payment without what is the merchant's alone. */
export function toBrowserPayment({ metadata: _, ...payment }: PaymentResource): BrowserPayment {
  return { ...payment, failure_code: toBrowserFailureCode(payment.failure_code) };
}

/** An entry of the timeline, likewise. */
export function toBrowserEvent(event: TimelineEvent): TimelineEvent {
  return { ...event, failure_code: toBrowserFailureCode(event.failure_code) };
}

/** A server-sent event, likewise. */
export function toBrowserLiveEvent({ data, ...event }: LiveEvent): BrowserLiveEvent {
  return { ...toBrowserEvent(event), data: toBrowserPayment(data) };
}

function toBrowserFailureCode(code: string | null): string | null {
  return code !== null && CONFIDENTIAL_CODES.has(code) ? UNTOLD : code;
}
