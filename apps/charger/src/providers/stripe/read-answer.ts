import type { Evidence, ProviderAnswer, ProviderOperation, ProviderPayment } from "@payonce/domain";
import type { Stripe } from "stripe";
import { z } from "zod";
import { classify, declineCodeOf, type StripeFailure, unreadableCode } from "./classify.ts";
import { redact } from "./redact.ts";

/** What we read of a PaymentIntent; an answer that does not have it is no answer. */
export const paymentIntentSchema = z.object({
  object: z.literal("payment_intent"),
  // Words: what is stored must be text that Postgres takes, and no id may lead a later call to another path.
  id: z.string().regex(/^\w{1,255}$/),
  amount: z.int().nonnegative(),
  currency: z.string().max(10).toLowerCase(),
  status: z.string().regex(/^\w{1,60}$/),
  metadata: z.object({ payment_id: z.unknown().optional(), installation_id: z.unknown().optional() }).nullish(),
  last_payment_error: z.object({ code: z.unknown().optional(), decline_code: z.unknown().optional() }).nullish(),
});

export type StripeAnswer = Stripe.Response<Stripe.PaymentIntent>;

/** Whether an answer is about what was asked for. A connection out of step shows the answer to an earlier call. */
export type IsOurs = (intent: z.infer<typeof paymentIntentSchema>) => boolean;

export function readAnswer(answer: StripeAnswer, isOurs: IsOurs, evidence: Evidence): ProviderAnswer {
  const { statusCode, requestId } = answer.lastResponse;
  Object.assign(evidence, { httpStatus: statusCode, ...(requestId && { requestId: requestId.slice(0, 255) }) });
  const unknown = (code: string): ProviderAnswer => ({
    kind: "unknown",
    code,
    evidence: Object.assign(evidence, { code }),
  });
  const parsed = paymentIntentSchema.safeParse(answer);
  // The SDK takes any JSON without an `error` field for a success, whatever the status says.
  if (statusCode < 200 || statusCode > 299 || !parsed.success) return unknown(unreadableCode(statusCode));
  const payment = toProviderPayment(parsed.data);
  Object.assign(evidence, { objectId: payment.id, state: payment.state });
  if (!isOurs(parsed.data)) return unknown("provider_answered_about_another");
  return { kind: "object", payment, evidence };
}

export function toProviderPayment(intent: z.infer<typeof paymentIntentSchema>): ProviderPayment {
  const { id, amount, currency, status, last_payment_error: lastError } = intent;
  return { id, state: status, amountMinor: amount, currency, declineCode: lastError ? declineCodeOf(lastError) : null };
}

export function readFailure(operation: ProviderOperation, error: StripeFailure, evidence: Evidence) {
  const { kind, code } = classify(operation, error);
  const { requestId, message } = error as { requestId?: string; message?: unknown };
  Object.assign(evidence, {
    code,
    ...(error.statusCode && { httpStatus: error.statusCode }),
    ...(requestId && { requestId: requestId.slice(0, 255) }),
    ...(typeof message === "string" && message && { message: redact(message) }),
  });
  return { kind, code, evidence } satisfies ProviderAnswer;
}
