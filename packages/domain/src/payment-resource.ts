import { z } from "zod";
import { idSchema } from "./ids.ts";
import { PAYMENT_STATES } from "./payment-state.ts";
import { REFUND_SUMS } from "./refunds/refund-sum.ts";
import { wholeNumber } from "./whole-number.ts";

/** A payment as the API shows it. */
export const paymentResourceSchema = z.strictObject({
  id: idSchema("pay"),
  object: z.literal("payment"),
  /** Integer minor units. */
  amount: z.int(),
  /** Lower-case ISO 4217. */
  currency: z.string(),
  status: z.enum(PAYMENT_STATES),
  /** True while money may have moved and the provider has not yet said so. Never retry such a payment elsewhere. */
  outcome_unknown: z.boolean(),
  payment_method: z.string(),
  order_reference: z.string().nullable(),
  description: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  /** Why it was declined, or what the last attempt ran into; null when all is well. */
  failure_code: z.string().nullable(),
  attempts: z.int(),
  /** What has gone back to the customer, in minor units. It falls again when a bank sends a refund back. */
  amount_refunded: z.int(),
  /** What is on its way back: refunds that have neither succeeded nor failed. It cannot be refunded a second time. */
  amount_refund_pending: z.int(),
  refund_status: z.enum(REFUND_SUMS),
  /** When the charger looks at it next; null once it is final or waits for a person. */
  next_attempt_at: z.iso.datetime().nullable(),
  /** Rises with every change. */
  version: z.int(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

export type PaymentResource = z.output<typeof paymentResourceSchema>;

export const MAX_LIST_LIMIT = 100;
export const MAX_WAIT_SECONDS = 60;

/** Query of `GET /v1/payments/{id}`; `wait` is in seconds. */
export const getPaymentQuerySchema = z.strictObject({
  wait: wholeNumber(0, MAX_WAIT_SECONDS).default(0),
});
