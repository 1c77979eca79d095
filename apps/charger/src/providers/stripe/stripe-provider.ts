import type { Evidence, ProviderOperation } from "@payonce/domain";
import { Stripe } from "stripe";
import type { PaymentToCreate, Provider } from "../provider.ts";
import type { RefundProvider } from "../refund-provider.ts";
import { classify, type StripeFailure } from "./classify.ts";
import { BoundedHttpClient } from "./http-client.ts";
import { type IsOurs, readAnswer, readFailure, type StripeAnswer } from "./read-answer.ts";
import { createStripeLists } from "./stripe-lists.ts";
import { createStripeRefunds, sendWindow } from "./stripe-refunds.ts";

export interface StripeOptions {
  apiKey: string;
  /** Where Stripe is: `https://api.stripe.com`, or the simulator. */
  apiBase: string;
  callTimeoutMs: number;
  /** Marks objects as made by this system: others may use the same account. */
  installationId: string;
  /** Our account's id, where the key may not ask for it. */
  account?: string | undefined;
  /** Called when Stripe refuses our key: no payment gets through until somebody mends it. */
  onKeyRefused?: () => void;
}

/** Stripe PaymentIntents, and their refunds. Going live is another host and key, not another code path. */
export function createStripeProvider(options: StripeOptions) {
  const { apiKey, apiBase, callTimeoutMs, installationId, onKeyRefused } = options;
  const { hostname, port, protocol } = new URL(apiBase);
  const httpClient = new BoundedHttpClient(callTimeoutMs, () => sendWindow.getStore()?.() ?? false);
  const stripe = new Stripe(apiKey, {
    // A URL writes an IPv6 address in brackets, a socket takes it without.
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port || (protocol === "http:" ? 80 : 443),
    protocol: protocol === "http:" ? "http" : "https",
    httpClient,
    // Whether and when to try again is decided in Postgres.
    maxNetworkRetries: 0,
    telemetry: false,
  });

  const call = async (operation: ProviderOperation, isOurs: IsOurs, send: () => Promise<StripeAnswer>) => {
    const evidence: Evidence = { operation, at: new Date().toISOString(), durationMs: 0 };
    const startedAt = performance.now();
    try {
      const answer = readAnswer(await withoutStackTrace(send), isOurs, evidence);
      evidence.durationMs = Math.round(performance.now() - startedAt);
      return answer;
    } catch (error) {
      evidence.durationMs = Math.round(performance.now() - startedAt);
      const answer = readFailure(operation, error as StripeFailure, evidence);
      if (answer.code === "provider_refused_our_key") onKeyRefused?.();
      return answer;
    }
  };
  const callOn = (objectId: string, operation: ProviderOperation, send: () => Promise<StripeAnswer>) =>
    call(operation, ({ id }) => id === objectId, send);

  let account = options.account ?? null;
  const askForAccount = async () => {
    try {
      const answer = await stripe.accounts.retrieveCurrent();
      const isRight = answer.lastResponse.statusCode === 200 && /^acct_\w{1,100}$/.test(answer.id);
      return isRight ? answer.id : null;
    } catch (error) {
      const failure = error as StripeFailure;
      if (classify("retrieve", failure).code === "provider_refused_our_key") onKeyRefused?.();
      // A stand-in that knows nothing of accounts has but one. Stripe itself always has this route.
      return failure.statusCode === 404 ? "acct_only" : null;
    }
  };
  const lists = createStripeLists(stripe, { installationId, limitMs: callTimeoutMs, onKeyRefused });

  const refunds = createStripeRefunds(stripe, { installationId, limitMs: callTimeoutMs, onKeyRefused });

  const provider: Provider & RefundProvider = {
    callTimeoutMs,
    ...lists,
    ...refunds,
    async identify() {
      account ??= await askForAccount();
      // One account has two worlds that share nothing but its id: test and live.
      const world = /^[rs]k_live_/.test(apiKey) ? "live" : "test";
      return account === null ? null : { account: `${account}:${world}`, apiVersion: Stripe.API_VERSION };
    },
    create: (payment, apiVersion, idempotencyKey) =>
      call(
        "create",
        // Another payment's object, stored here, would be one charge for two payments.
        ({ metadata }) => metadata?.payment_id === payment.id,
        () =>
          stripe.paymentIntents.create(toCreateParams(payment, installationId), {
            idempotencyKey,
            apiVersion,
          }),
      ),
    confirm: ({ id, apiVersion }, idempotencyKey) =>
      callOn(id, "confirm", () =>
        // Until there is a way to ask the customer, an authentication that is asked for is a decline.
        stripe.paymentIntents.confirm(id, { error_on_requires_action: true }, { idempotencyKey, apiVersion }),
      ),
    retrieve: ({ id, apiVersion }) =>
      callOn(id, "retrieve", () => stripe.paymentIntents.retrieve(id, {}, { apiVersion })),
    cancel: ({ id, apiVersion }, idempotencyKey) =>
      callOn(id, "cancel", () => stripe.paymentIntents.cancel(id, {}, { idempotencyKey, apiVersion })),
  };
  return { ...provider, close: () => httpClient.close() };
}

/**
 * The SDK takes down the stack of each call in case it fails, which costs more than all else that it does, most where source
 * maps are read. A failure is told from its own fields, so nobody reads it. The limit
 * is back before anybody else runs.
 */
function withoutStackTrace<T>(call: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return call();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function toCreateParams(payment: PaymentToCreate, installationId: string): Stripe.PaymentIntentCreateParams {
  return {
    amount: payment.amountMinor,
    currency: payment.currency,
    payment_method: payment.paymentMethod,
    allowed_payment_method_types: ["card"],
    metadata: { payment_id: payment.id, installation_id: installationId },
    ...(payment.description !== null && { description: payment.description }),
  };
}
