import { z } from "zod";
import { idSchema } from "../ids.ts";
import { MAX_LIST_LIMIT } from "../payment-resource.ts";
import { wholeNumber } from "../whole-number.ts";
import { REFUND_REASONS } from "./create-refund-request.ts";
import { REFUND_STATES } from "./refund-state.ts";

/** A refund as the API shows it. */
export const refundResourceSchema = z.strictObject({
  id: idSchema("ref"),
  object: z.literal("refund"),
  payment: idSchema("pay"),
  /** Integer minor units, in the payment's currency. */
  amount: z.int(),
  /** Lower-case ISO 4217. */
  currency: z.string(),
  /** `succeeded` can still become `failed`, days later: the customer's bank has sent the money back. */
  status: z.enum(REFUND_STATES),
  /** True while the money may have moved and the provider has not yet said so. Never refund it elsewhere meanwhile. */
  outcome_unknown: z.boolean(),
  reason: z.enum(REFUND_REASONS).nullable(),
  metadata: z.record(z.string(), z.string()),
  /** Why it failed, or what the last attempt ran into; null when all is well. */
  failure_code: z.string().nullable(),
  attempts: z.int(),
  /** When it is tried, or looked at, next; null once it has ended or waits for a person. */
  next_attempt_at: z.iso.datetime().nullable(),
  /** Rises with every change. */
  version: z.int(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

export type RefundResource = z.output<typeof refundResourceSchema>;

/** Query of `GET /v1/payments/{id}/refunds`. */
export const listRefundsQuerySchema = z.strictObject({
  limit: wholeNumber(1, MAX_LIST_LIMIT).default(10),
  starting_after: idSchema("ref").optional(),
});
