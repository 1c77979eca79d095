import type { EvidencedAttempt, PaymentEvidence } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import { z } from "zod";
import { anomalySchema, toAnomaly } from "../anomalies/anomaly-resource.ts";
import { auditEntrySchema, EXAMPLE_AUDIT_ENTRY, toAuditEntry } from "../audit/audit-entry-resource.ts";
import { refundSchema, toRefund } from "../refunds/refund-resource.ts";
import { withSnakeCaseKeys } from "../snake-case.ts";
import { EXAMPLE_PAYMENT_FIELDS, paymentFields, toPaymentFields } from "./payment-resource.ts";

const providerCallSchema = z
  .strictObject({
    operation: z.enum(["create", "find", "confirm", "retrieve", "cancel"]),
    at: z.iso.datetime(),
    duration_ms: z.number(),
    http_status: z.int().optional().meta({ description: "Absent when no answer came" }),
    request_id: z.string().optional().meta({ description: "The provider's, which its support asks for" }),
    object_id: z.string().optional(),
    state: z.string().optional().meta({ description: "The provider's own word" }),
    code: z.string().optional(),
    message: z.string().optional(),
  })
  .meta({ id: "ProviderCall", description: "One call to the provider, without secrets and card data" });

const attemptSchema = z
  .strictObject({
    id: idSchema("att"),
    number: z.int(),
    started_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
    outcome: z.enum(["succeeded", "declined", "not_executed", "unknown"]).nullable(),
    code: z.string().nullable(),
    provider_calls: z.array(providerCallSchema).nullable().meta({ description: "Null while the attempt is out" }),
  })
  .meta({ id: "Attempt" });

const timelineSchema = z.strictObject({
  version: z.int(),
  kind: z.string().meta({ description: "The new status, or what else happened" }),
  at: z.iso.datetime(),
  code: z.string().nullable(),
  refund_id: idSchema("ref").nullable().meta({ description: "The refund that it is about, where it is about one" }),
});

const outboxRowSchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  version: z.int(),
  dispatch: z.int(),
  tries: z.int(),
  created_at: z.iso.datetime(),
  not_before: z.iso.datetime(),
  refund_id: idSchema("ref")
    .nullable()
    .meta({ description: "Version and dispatch are this refund's, where it is set" }),
});

const webhookSchema = z.strictObject({
  id: z.string(),
  type: z.string(),
  provider_object_id: z.string().nullable(),
  refund_id: idSchema("ref").nullable(),
  created_at: z.iso.datetime(),
  received_at: z.iso.datetime(),
});

const actionSchema = auditEntrySchema.omit({ object: true, payment_id: true });

/** All that is known of one payment. */
export const paymentEvidenceSchema = z
  .strictObject({
    ...paymentFields,
    timeline: z.array(timelineSchema).meta({ description: "Oldest first, like every list here" }),
    attempts: z.array(attemptSchema),
    refunds: z.array(refundSchema),
    outbox: z.array(outboxRowSchema).meta({ description: "What waits to be published" }),
    webhooks: z.array(webhookSchema).meta({ description: "The provider's, as they came" }),
    anomalies: z.array(anomalySchema),
    actions: z.array(actionSchema).meta({ description: "What operators did, and why" }),
    is_cut_off: z.boolean().meta({ description: "Whether the oldest entries of a list are left out" }),
  })
  .meta({ id: "Payment", description: "A payment, and all that is known of it" });

type Resource = z.input<typeof paymentEvidenceSchema>;

export function toPaymentEvidence(evidence: PaymentEvidence): Resource {
  const { payment, timeline, attempts, refunds, outbox, webhooks, anomalies, actions } = evidence;
  return {
    ...toPaymentFields(payment),
    timeline: timeline.map(({ refundId, ...entry }) => ({ ...entry, at: entry.at.toISOString(), refund_id: refundId })),
    attempts: attempts.map(toAttempt),
    refunds: refunds.map(toRefund),
    outbox: outbox.map(({ createdAt, notBefore, refundId, ...row }) => ({
      ...row,
      refund_id: refundId,
      created_at: createdAt.toISOString(),
      not_before: notBefore.toISOString(),
    })),
    webhooks: webhooks.map((webhook) => ({
      id: webhook.id,
      type: webhook.type,
      provider_object_id: webhook.providerObjectId,
      refund_id: webhook.refundId,
      created_at: webhook.createdAt.toISOString(),
      received_at: webhook.receivedAt.toISOString(),
    })),
    anomalies: anomalies.map((anomaly) => toAnomaly({ ...anomaly, paymentId: payment.id })),
    actions: actions.map((action) => withoutPayment(toAuditEntry({ ...action, paymentId: payment.id }))),
    is_cut_off: evidence.isCutOff,
  };
}

/** What an entry was done to is the payment that it stands with, or its target. */
function withoutPayment(entry: z.input<typeof auditEntrySchema>): Resource["actions"][number] {
  const { object: _object, payment_id: _paymentId, ...rest } = entry;
  return rest;
}

function toAttempt(attempt: EvidencedAttempt): Resource["attempts"][number] {
  const { id, number, startedAt, endedAt, outcome, code, evidence } = attempt;
  return {
    id,
    number,
    started_at: startedAt.toISOString(),
    ended_at: endedAt?.toISOString() ?? null,
    outcome: outcome as Resource["attempts"][number]["outcome"],
    code,
    provider_calls: withSnakeCaseKeys(evidence) as Resource["attempts"][number]["provider_calls"],
  };
}

export const EXAMPLE_PAYMENT: Resource = {
  ...EXAMPLE_PAYMENT_FIELDS,
  timeline: [
    { version: 1, kind: "queued", at: "2026-11-22T09:31:40.007Z", code: null, refund_id: null },
    { version: 7, kind: "dead_lettered", at: "2026-11-22T09:33:02.118Z", code: "attempts_spent", refund_id: null },
  ],
  attempts: [
    {
      id: "att_01m814esw7e00bgbyj9j5g8yxa",
      number: 1,
      started_at: "2026-11-22T09:31:40.102Z",
      ended_at: "2026-11-22T09:31:40.355Z",
      outcome: "not_executed",
      code: "provider_unavailable",
      provider_calls: [{ operation: "create", at: "2026-11-22T09:31:40.110Z", duration_ms: 240, http_status: 429 }],
    },
  ],
  refunds: [],
  outbox: [],
  webhooks: [],
  anomalies: [],
  actions: [withoutPayment(EXAMPLE_AUDIT_ENTRY)],
  is_cut_off: false,
};
