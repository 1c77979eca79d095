import { z } from "zod";
import { idSchema } from "../ids.ts";
import { MAX_LIST_LIMIT } from "../payment-resource.ts";
import { wholeNumber } from "../whole-number.ts";
import { REFUND_REASONS } from "./create-refund-request.ts";
import { REFUND_STATES } from "./refund-state.ts";

/** A refund as the API shows it. */
export const refundResourceSchema = z
  .strictObject({
    id: idSchema("ref").meta({ description: "Sorts by the time of creation" }),
    object: z.literal("refund"),
    payment: idSchema("pay").meta({ description: "The payment that it sends back" }),
    amount: z.int().meta({ description: "In minor units of the payment's currency" }),
    currency: z.string().meta({ description: "ISO 4217, in lower case" }),
    status: z.enum(REFUND_STATES).meta({
      description:
        "`succeeded` can still become `failed`, days later: the customer's bank has sent the money back. `failed` and " +
        "`canceled` are final",
    }),
    outcome_unknown: z.boolean().meta({
      description:
        "True while the money may have moved and the provider has not yet said so. Never refund it elsewhere meanwhile",
    }),
    reason: z.enum(REFUND_REASONS).nullable().meta({ description: "As you gave it" }),
    metadata: z.record(z.string(), z.string()).meta({ description: "Your own texts, as you sent them" }),
    failure_code: z
      .string()
      .nullable()
      .meta({ description: "Why it failed, or what the last attempt ran into; null when all is well" }),
    attempts: z.int().meta({ description: "How often it was tried at the provider" }),
    next_attempt_at: z.iso
      .datetime()
      .nullable()
      .meta({ description: "When it is tried, or looked at, next; null once it has ended or waits for a person" }),
    version: z.int().meta({ description: "Rises with every change" }),
    created_at: z.iso.datetime().meta({ description: "UTC" }),
    updated_at: z.iso.datetime().meta({ description: "UTC; when it changed last" }),
  })
  .meta({ id: "Refund", description: "Money on its way back to a customer" });

export type RefundResource = z.output<typeof refundResourceSchema>;

/** Query of `GET /v1/payments/{id}/refunds`. */
export const listRefundsQuerySchema = z.strictObject({
  limit: wholeNumber(1, MAX_LIST_LIMIT).default(10).meta({ description: "How many at the most", default: 10 }),
  starting_after: idSchema("ref").optional().meta({ description: "The last id of the page before" }),
});
