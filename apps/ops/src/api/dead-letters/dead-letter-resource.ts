import { DEAD_LETTER_KINDS, type DeadLetter, type DeadLetterGroup } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import { z } from "zod";
import { EXAMPLE_PAYMENT_ID } from "../payments/payment-action.ts";

export const deadLetterSchema = z
  .strictObject({
    id: z.union([idSchema("pay"), idSchema("ref")]).meta({ description: "The payment's id, or the refund's" }),
    object: z.literal("dead_letter"),
    kind: z.enum(DEAD_LETTER_KINDS),
    payment_id: idSchema("pay").meta({ description: "The payment itself, or that of the refund" }),
    version: z
      .int()
      .meta({ description: "Give it to an action, and nothing is done if the payment has changed since" }),
    merchant_id: z.string(),
    merchant_name: z.string(),
    amount: z.int().meta({ description: "In minor units" }),
    currency: z.string().meta({ description: "ISO 4217, lower case" }),
    order_reference: z.string().nullable(),
    reason: z.string().meta({ description: "Why it was dead-lettered" }),
    failure_code: z
      .string()
      .nullable()
      .meta({ description: "What the last attempt ran into; null where there was none" }),
    outcome_unknown: z.boolean().meta({ description: "Whether money may have moved" }),
    attempts: z.int(),
    provider_account: z.string().nullable(),
    created_at: z.iso.datetime(),
    dead_since: z.iso.datetime(),
  })
  .meta({ id: "DeadLetter", description: "A payment, or a refund, that a person has to decide about" });

export function toDeadLetter(letter: DeadLetter): z.input<typeof deadLetterSchema> {
  return {
    id: letter.id,
    object: "dead_letter",
    kind: letter.kind,
    payment_id: letter.paymentId,
    version: letter.version,
    merchant_id: letter.merchantId,
    merchant_name: letter.merchantName,
    amount: letter.amountMinor,
    currency: letter.currency,
    order_reference: letter.orderReference,
    reason: letter.reason,
    failure_code: letter.failureCode,
    outcome_unknown: letter.outcomeUnknown,
    attempts: letter.attempts,
    provider_account: letter.providerAccount,
    created_at: letter.createdAt.toISOString(),
    dead_since: letter.deadSince.toISOString(),
  };
}

export const EXAMPLE_DEAD_LETTER: z.input<typeof deadLetterSchema> = {
  id: EXAMPLE_PAYMENT_ID,
  object: "dead_letter",
  kind: "payment",
  payment_id: EXAMPLE_PAYMENT_ID,
  version: 7,
  merchant_id: "mer_01m814esw7e00bgbyj9j5g8yxa",
  merchant_name: "Bookshop",
  amount: 4200,
  currency: "eur",
  order_reference: "order-1001",
  reason: "attempts_spent",
  failure_code: "provider_unavailable",
  outcome_unknown: false,
  attempts: 8,
  provider_account: "acct_1Nv0FG",
  created_at: "2026-11-22T02:10:04.512Z",
  dead_since: "2026-11-22T09:31:40.007Z",
};

export const deadLetterGroupSchema = z
  .strictObject({
    kind: z.enum(DEAD_LETTER_KINDS),
    reason: z.string(),
    count: z.int(),
    outcome_unknown: z.int().meta({ description: "How many of them may have moved money" }),
    oldest: z.iso.datetime().meta({ description: "When the first of them was dead-lettered" }),
    newest: z.iso.datetime(),
    common_code: z.string().nullable().meta({ description: "What most of them ran into at last" }),
    common_code_count: z.int(),
  })
  .meta({ id: "DeadLetterGroup", description: "The dead letters of one kind and reason" });

export function toDeadLetterGroup(group: DeadLetterGroup): z.input<typeof deadLetterGroupSchema> {
  return {
    kind: group.kind,
    reason: group.reason,
    count: group.count,
    outcome_unknown: group.outcomeUnknown,
    oldest: group.oldest.toISOString(),
    newest: group.newest.toISOString(),
    common_code: group.commonCode,
    common_code_count: group.commonCodeCount,
  };
}
