import { z } from "zod";
import { idSchema } from "./ids.ts";
import { PAYMENT_STATES } from "./payment-state.ts";
import { REFUND_SUMS } from "./refunds/refund-sum.ts";
import { wholeNumber } from "./whole-number.ts";

/** A payment as the API shows it. */
export const paymentResourceSchema = z
  .strictObject({
    id: idSchema("pay").meta({ description: "Sorts by the time of creation" }),
    object: z.literal("payment"),
    amount: z.int().meta({ description: "In minor units of the currency, such as cents" }),
    currency: z.string().meta({ description: "ISO 4217, in lower case" }),
    status: z.enum(PAYMENT_STATES).meta({ description: "`succeeded`, `declined` and `canceled` are final" }),
    outcome_unknown: z.boolean().meta({
      description:
        "True while money may have moved and the provider has not yet said so. Never take such a payment elsewhere meanwhile",
    }),
    payment_method: z.string().meta({ description: "The provider's token of what is charged" }),
    order_reference: z
      .string()
      .nullable()
      .meta({ description: "Your order: it has at most one payment that is under way or has succeeded" }),
    description: z.string().nullable().meta({ description: "For people" }),
    metadata: z
      .record(z.string(), z.string())
      .meta({ description: "Your own texts, as you sent them. A publishable key is not shown them" }),
    failure_code: z
      .string()
      .nullable()
      .meta({
        description:
          "Why it was declined, or what the last attempt ran into; null when all is well. Declines have the codes of the card " +
          "networks, such as `card_declined` or `insufficient_funds`; others may be added",
      }),
    attempts: z.int().meta({ description: "How often it was tried at the provider" }),
    amount_refunded: z.int().meta({
      description: "What has gone back to the customer, in minor units. It falls again when a bank sends a refund back",
    }),
    amount_refund_pending: z.int().meta({
      description:
        "What is on its way back: refunds that have neither succeeded nor failed. It cannot be refunded a second time",
    }),
    refund_status: z.enum(REFUND_SUMS).meta({ description: "What its refunds come to" }),
    next_attempt_at: z.iso
      .datetime()
      .nullable()
      .meta({ description: "When it is tried, or looked at, next; null once it is final or waits for a person" }),
    version: z.int().meta({ description: "Rises with every change: of two copies the higher one is newer" }),
    created_at: z.iso.datetime().meta({ description: "UTC" }),
    updated_at: z.iso.datetime().meta({ description: "UTC; when it changed last" }),
  })
  .meta({ id: "Payment", description: "A payment" });

export type PaymentResource = z.output<typeof paymentResourceSchema>;

export const MAX_LIST_LIMIT = 100;
export const MAX_WAIT_SECONDS = 60;

/** Query of `GET /v1/payments/{id}`; `wait` is in seconds. */
export const getPaymentQuerySchema = z.strictObject({
  wait: wholeNumber(0, MAX_WAIT_SECONDS).default(0).meta({
    description:
      "Seconds to wait for news: until the payment is final or, with `If-None-Match`, until it is not as the tag says",
    default: 0,
    example: 20,
  }),
});
