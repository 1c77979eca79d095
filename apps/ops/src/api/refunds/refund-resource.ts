import type { EvidencedRefund, EvidencedRefundAttempt } from "@payonce/db/operations";
import { idSchema, REFUND_REASONS, REFUND_STATES } from "@payonce/domain";
import { z } from "zod";
import { withSnakeCaseKeys } from "../snake-case.ts";
import { EXAMPLE_REFUND_ID } from "./refund-action.ts";

const callSchema = z
  .strictObject({
    operation: z.enum(["refund", "list_refunds"]),
    at: z.iso.datetime(),
    duration_ms: z.number(),
    http_status: z.int().optional().meta({ description: "Absent when no answer came" }),
    request_id: z.string().optional().meta({ description: "The provider's, which its support asks for" }),
    object_id: z.string().optional(),
    state: z.string().optional().meta({ description: "The provider's own word" }),
    code: z.string().optional(),
    message: z.string().optional(),
    is_replayed: z.boolean().optional().meta({ description: "A stored answer to an earlier request" }),
  })
  .meta({ id: "RefundProviderCall", description: "One call to the provider, without secrets and card data" });

const attemptSchema = z
  .strictObject({
    id: idSchema("att"),
    number: z.int(),
    started_at: z.iso.datetime(),
    sent_at: z.iso
      .datetime()
      .nullable()
      .meta({ description: "When the request that moves the money was about to leave; null where none did" }),
    ended_at: z.iso.datetime().nullable(),
    outcome: z.enum(["pending", "succeeded", "failed", "canceled", "not_executed", "unknown"]).nullable(),
    code: z.string().nullable(),
    provider_calls: z.array(callSchema).nullable().meta({ description: "Null while the attempt is out" }),
  })
  .meta({ id: "RefundAttempt", description: "An attempt, or a look that moved the refund" });

/** A refund with all that is stored of it. */
export const refundSchema = z
  .strictObject({
    id: idSchema("ref"),
    object: z.literal("refund"),
    idempotency_key: z.string(),
    amount: z.int().meta({ description: "In minor units of the payment's currency" }),
    reason: z.enum(REFUND_REASONS).nullable(),
    metadata: z.record(z.string(), z.string()),
    status: z.enum(REFUND_STATES),
    version: z.int().meta({ description: "Rises with every change" }),
    outcome_unknown: z.boolean().meta({ description: "Whether the money may have gone back" }),
    attempt_count: z.int(),
    tries: z.int().meta({ description: "Attempts of this round, against the retry schedule" }),
    looks: z.int().meta({ description: "Looks at what the provider has not finished" }),
    dispatch: z.int().meta({ description: "Which job wakes it" }),
    provider_refund_id: z.string().nullable(),
    last_sent_at: z.iso.datetime().nullable().meta({ description: "When a request that moves the money last left" }),
    failure_code: z.string().nullable(),
    dead_letter_reason: z.string().nullable(),
    next_attempt_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    attempts: z.array(attemptSchema).meta({ description: "Oldest first" }),
  })
  .meta({ id: "Refund", description: "A refund, and all that is known of it" });

type Resource = z.input<typeof refundSchema>;

export function toRefund(refund: EvidencedRefund): Resource {
  return {
    id: refund.id,
    object: "refund",
    idempotency_key: refund.idempotencyKey,
    amount: refund.amountMinor,
    reason: refund.reason,
    metadata: refund.metadata,
    status: refund.status,
    version: refund.version,
    outcome_unknown: refund.outcomeUnknown,
    attempt_count: refund.attempts,
    tries: refund.tries,
    looks: refund.looks,
    dispatch: refund.dispatch,
    provider_refund_id: refund.providerRefundId,
    last_sent_at: refund.lastSentAt?.toISOString() ?? null,
    failure_code: refund.failureCode,
    dead_letter_reason: refund.deadLetterReason,
    next_attempt_at: refund.nextActionAt?.toISOString() ?? null,
    created_at: refund.createdAt.toISOString(),
    updated_at: refund.updatedAt.toISOString(),
    attempts: refund.attemptsMade.map(toAttempt),
  };
}

function toAttempt(attempt: EvidencedRefundAttempt): Resource["attempts"][number] {
  const { id, number, startedAt, sentAt, endedAt, outcome, code, evidence } = attempt;
  return {
    id,
    number,
    started_at: startedAt.toISOString(),
    sent_at: sentAt?.toISOString() ?? null,
    ended_at: endedAt?.toISOString() ?? null,
    outcome: outcome as Resource["attempts"][number]["outcome"],
    code,
    provider_calls: withSnakeCaseKeys(evidence) as Resource["attempts"][number]["provider_calls"],
  };
}

export const EXAMPLE_REFUND: Resource = {
  id: EXAMPLE_REFUND_ID,
  object: "refund",
  idempotency_key: "refund-1001-1",
  amount: 1000,
  reason: "requested_by_customer",
  metadata: {},
  status: "dead_lettered",
  version: 7,
  outcome_unknown: true,
  attempt_count: 1,
  tries: 1,
  looks: 0,
  dispatch: 1,
  provider_refund_id: null,
  last_sent_at: "2026-11-22T09:31:40.110Z",
  failure_code: "provider_timeout",
  dead_letter_reason: "attempts_spent",
  next_attempt_at: null,
  created_at: "2026-11-22T09:31:40.007Z",
  updated_at: "2026-11-22T09:33:02.118Z",
  attempts: [
    {
      id: "att_01m814esw7e00bgbyj9j5g8yxa",
      number: 1,
      started_at: "2026-11-22T09:31:40.102Z",
      sent_at: "2026-11-22T09:31:40.110Z",
      ended_at: "2026-11-22T09:32:00.355Z",
      outcome: "unknown",
      code: "provider_timeout",
      provider_calls: [
        { operation: "refund", at: "2026-11-22T09:31:40.111Z", duration_ms: 20000, code: "provider_timeout" },
      ],
    },
  ],
};
