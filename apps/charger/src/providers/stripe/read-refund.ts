import type { ProviderRefund, RefundAnswer, RefundEvidence } from "@payonce/domain";
import type { Stripe } from "stripe";
import { z } from "zod";
import type { RefundToMake } from "../refund-provider.ts";
import { unreadableCode } from "./classify.ts";

/** What we read of a Refund; an answer that does not have it is no answer. */
const refundSchema = z.object({
  object: z.literal("refund"),
  // Words: what is stored must be text that Postgres takes.
  id: z.string().regex(/^\w{1,255}$/),
  amount: z.int().nonnegative(),
  currency: z.string().max(10).toLowerCase(),
  status: z
    .string()
    .regex(/^\w{1,60}$/)
    .nullable(),
  payment_intent: z.string().nullable(),
  failure_reason: z.unknown().optional(),
  metadata: z.object({ refund_id: z.unknown().optional(), installation_id: z.unknown().optional() }).nullish(),
});

type StripeRefund = z.infer<typeof refundSchema>;

/** Reads an answer to a request for a refund. */
export function readRefund(
  answer: Stripe.Response<Stripe.Refund>,
  wanted: RefundToMake,
  installationId: string,
  evidence: RefundEvidence,
): RefundAnswer {
  const { statusCode, requestId, headers } = answer.lastResponse;
  const isReplayed = wasReplayed(headers);
  Object.assign(evidence, {
    httpStatus: statusCode,
    ...(requestId && { requestId: requestId.slice(0, 255) }),
    ...(isReplayed && { isReplayed }),
  });
  const unknown = (code: string): RefundAnswer => {
    Object.assign(evidence, { code });
    return { kind: "unknown", code, isKeySpent: false, evidence };
  };
  const parsed = refundSchema.safeParse(answer);
  // The SDK takes any JSON without an `error` field for a success, whatever the status says.
  if (statusCode < 200 || statusCode > 299 || !parsed.success) return unknown(unreadableCode(statusCode));
  const refund = toProviderRefund(parsed.data, installationId);
  Object.assign(evidence, { objectId: refund.id, state: refund.state });
  const isOurs = refund.refundId === wanted.id && parsed.data.payment_intent === wanted.providerObjectId;
  // A connection out of step shows the answer to an earlier call.
  if (!isOurs) return unknown("provider_answered_about_another");
  return { kind: "shown", refund, isReplayed, evidence };
}

/** A listed refund of this PaymentIntent; null where it is none. */
export function readListed(raw: unknown, paymentIntentId: string): StripeRefund | null {
  const parsed = refundSchema.safeParse(raw);
  return parsed.success && parsed.data.payment_intent === paymentIntentId ? parsed.data : null;
}

export function toProviderRefund(refund: StripeRefund, installationId: string): ProviderRefund {
  const { id, amount, currency, status, metadata, failure_reason: reason } = refund;
  // Another system at the same account may use our names for its own ids.
  const isOurs = metadata?.installation_id === installationId && typeof metadata.refund_id === "string";
  return {
    id,
    state: status ?? "without_status",
    amountMinor: amount,
    currency,
    failureReason: typeof reason === "string" && /^\w{1,100}$/.test(reason) ? reason : null,
    refundId: isOurs ? (metadata.refund_id as string) : null,
  };
}

/** Whether Stripe says that this is the stored answer to an earlier request under the same key. */
export function wasReplayed(headers: Record<string, unknown> | undefined): boolean {
  return headers?.["idempotent-replayed"] === "true";
}
