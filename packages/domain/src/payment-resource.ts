import { z } from "zod";
import { idSchema } from "./ids.ts";
import { PAYMENT_STATES } from "./payment-state.ts";

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

function wholeNumber(min: number, max: number) {
  const what = `must be a whole number from ${min} to ${max}, given once`;
  return z
    .string(what)
    .regex(/^\d{1,4}$/, what)
    .transform(Number)
    .refine((value) => value >= min && value <= max, what);
}

/** Query of `GET /v1/payments`. */
export const listPaymentsQuerySchema = z.strictObject({
  limit: wholeNumber(1, MAX_LIST_LIMIT).default(10),
  starting_after: idSchema("pay").optional(),
});

/** Query of `GET /v1/payments/{id}`; `wait` is in seconds. */
export const getPaymentQuerySchema = z.strictObject({
  wait: wholeNumber(0, MAX_WAIT_SECONDS).default(0),
});
