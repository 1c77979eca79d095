import type { Evidence, ProviderAnswer, ProviderOperation, ProviderPayment } from "@payonce/domain";
import { Stripe } from "stripe";
import { z } from "zod";
import type { PaymentToCreate, Provider } from "../provider.ts";
import { classify, type StripeFailure } from "./classify.ts";
import { BoundedHttpClient } from "./http-client.ts";

export interface StripeOptions {
  apiKey: string;
  /** Where Stripe is: `https://api.stripe.com`, or the simulator. */
  apiBase: string;
  callTimeoutMs: number;
  /** Called when Stripe refuses our key: no payment gets through until somebody mends it. */
  onKeyRefused?: () => void;
}

/** Stripe PaymentIntents. Going live is another host and key, not another code path. */
export function createStripeProvider({ apiKey, apiBase, callTimeoutMs, onKeyRefused }: StripeOptions) {
  const { hostname, port, protocol } = new URL(apiBase);
  const httpClient = new BoundedHttpClient(callTimeoutMs);
  const stripe = new Stripe(apiKey, {
    host: hostname,
    port: port || (protocol === "http:" ? 80 : 443),
    protocol: protocol === "http:" ? "http" : "https",
    httpClient,
    // Whether and when to try again is decided in Postgres.
    maxNetworkRetries: 0,
    telemetry: false,
  });

  const call = async (operation: ProviderOperation, send: () => Promise<Stripe.Response<Stripe.PaymentIntent>>) => {
    const evidence: Evidence = { operation, at: new Date().toISOString(), durationMs: 0 };
    const startedAt = performance.now();
    try {
      const answer = readAnswer(await send(), evidence);
      evidence.durationMs = Math.round(performance.now() - startedAt);
      return answer;
    } catch (error) {
      evidence.durationMs = Math.round(performance.now() - startedAt);
      const answer = readFailure(operation, error as StripeFailure, evidence);
      if (answer.code === "provider_refused_our_key") onKeyRefused?.();
      return answer;
    }
  };

  const provider: Provider = {
    callTimeoutMs,
    create: (payment) =>
      call("create", () =>
        stripe.paymentIntents.create(toCreateParams(payment), { idempotencyKey: `${payment.id}-create` }),
      ),
    confirm: (objectId, idempotencyKey) =>
      call("confirm", () =>
        // Until there is a way to ask the customer, an authentication that is asked for is a decline.
        stripe.paymentIntents.confirm(objectId, { error_on_requires_action: true }, { idempotencyKey }),
      ),
    retrieve: (objectId) => call("retrieve", () => stripe.paymentIntents.retrieve(objectId)),
    cancel: (objectId, idempotencyKey) =>
      call("cancel", () => stripe.paymentIntents.cancel(objectId, {}, { idempotencyKey })),
  };
  return { ...provider, close: () => httpClient.close() };
}

function toCreateParams(payment: PaymentToCreate): Stripe.PaymentIntentCreateParams {
  return {
    amount: payment.amountMinor,
    currency: payment.currency,
    payment_method: payment.paymentMethod,
    allowed_payment_method_types: ["card"],
    metadata: { payment_id: payment.id },
    ...(payment.description !== null && { description: payment.description }),
  };
}

/** What we read of a PaymentIntent; an answer that does not have it is no answer. */
const paymentIntentSchema = z.object({
  object: z.literal("payment_intent"),
  id: z.string().min(1).max(255),
  amount: z.int(),
  currency: z.string(),
  status: z.string().max(60),
  last_payment_error: z.object({ code: z.string().nullish(), decline_code: z.string().nullish() }).nullish(),
});

function readAnswer(answer: Stripe.Response<Stripe.PaymentIntent>, evidence: Evidence): ProviderAnswer {
  const { statusCode, requestId } = answer.lastResponse;
  Object.assign(evidence, { httpStatus: statusCode, ...(requestId && { requestId }) });
  const parsed = paymentIntentSchema.safeParse(answer);
  // The SDK takes any JSON without an `error` field for a success, whatever the status says.
  if (statusCode < 200 || statusCode > 299 || !parsed.success) {
    const code = statusCode >= 500 ? "provider_error" : "provider_unreadable";
    return { kind: "unknown", code, evidence: { ...evidence, code } };
  }
  const { id, amount, currency, status, last_payment_error: lastError } = parsed.data;
  const declineCode = lastError ? (lastError.decline_code ?? lastError.code ?? "card_declined") : null;
  const payment: ProviderPayment = { id, state: status, amountMinor: amount, currency, declineCode };
  Object.assign(evidence, { objectId: id, state: status });
  return { kind: "object", payment, evidence };
}

function readFailure(operation: ProviderOperation, error: StripeFailure, evidence: Evidence) {
  const { kind, code } = classify(operation, error);
  const { requestId, message } = error as { requestId?: string; message?: string };
  Object.assign(evidence, {
    code,
    ...(error.statusCode && { httpStatus: error.statusCode }),
    ...(requestId && { requestId }),
    ...(message && { message: redact(message) }),
  });
  return { kind, code, evidence } satisfies ProviderAnswer;
}

/** Providers repeat in their messages what was sent to them. */
function redact(message: string): string {
  return message
    .slice(0, 300)
    .replace(/\b[sr]k_\w+/g, "[key]")
    .replace(/\d(?:[ -]?\d){11,}/g, "[digits]");
}
