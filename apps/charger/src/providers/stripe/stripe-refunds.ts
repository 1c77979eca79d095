import { AsyncLocalStorage } from "node:async_hooks";
import type { RefundAnswer, RefundEvidence } from "@payonce/domain";
import type { Stripe } from "stripe";
import type { RefundProvider, RefundToMake } from "../refund-provider.ts";
import { type RefundFailure, readRefundFailure } from "./classify-refund.ts";
import { readListed, readRefund, toProviderRefund } from "./read-refund.ts";

const PAGE = 100;

/** For the transport: whether the call that it is asked for now may not be sent any more. */
export const sendWindow = new AsyncLocalStorage<() => boolean>();

export interface RefundCallOptions {
  installationId: string;
  /** How long a list may turn pages: the lease was reckoned with the deadline of one call. */
  limitMs: number;
  onKeyRefused?: (() => void) | undefined;
}

/** Stripe's refunds. */
export function createStripeRefunds(
  stripe: Stripe,
  { installationId, limitMs, onKeyRefused }: RefundCallOptions,
): Pick<RefundProvider, "refund" | "listRefunds"> {
  const call = async (
    operation: RefundEvidence["operation"],
    send: (evidence: RefundEvidence) => Promise<RefundAnswer>,
  ): Promise<RefundAnswer> => {
    const evidence: RefundEvidence = { operation, at: new Date().toISOString(), durationMs: 0 };
    const startedAt = performance.now();
    try {
      return await send(evidence);
    } catch (error) {
      const answer = readRefundFailure(operation, error as RefundFailure, evidence);
      if (answer.kind === "not_executed" && answer.code === "provider_refused_our_key") onKeyRefused?.();
      return answer;
    } finally {
      evidence.durationMs = Math.round(performance.now() - startedAt);
    }
  };

  return {
    refund: (refund, idempotencyKey, isTooLate) =>
      call("refund", async (evidence) => {
        const options = { idempotencyKey, apiVersion: refund.apiVersion };
        const answer = await sendWindow.run(isTooLate, () =>
          stripe.refunds.create(toCreateParams(refund, installationId), options),
        );
        return readRefund(answer, refund, installationId, evidence);
      }),
    listRefunds: ({ id, apiVersion }) =>
      call("list_refunds", async (evidence) => {
        const startedAt = performance.now();
        const refunds = [];
        for (let cursor: string | null = null; ; ) {
          if (performance.now() - startedAt > limitMs / 2) return tooLong(evidence);
          const params = { payment_intent: id, limit: PAGE, ...(cursor !== null && { starting_after: cursor }) };
          const page: RefundPage = readPage(await stripe.refunds.list(params, { apiVersion }), id, evidence);
          refunds.push(...page.refunds.map((refund) => toProviderRefund(refund, installationId)));
          cursor = page.nextCursor;
          if (cursor === null) return { kind: "listed", refunds, evidence };
        }
      }),
  };
}

function toCreateParams(refund: RefundToMake, installationId: string): Stripe.RefundCreateParams {
  return {
    payment_intent: refund.providerObjectId,
    amount: refund.amountMinor,
    // By these it is found again, whatever becomes of the answer.
    metadata: { refund_id: refund.id, payment_id: refund.paymentId, installation_id: installationId },
    ...(refund.reason !== null && { reason: refund.reason }),
  };
}

function tooLong(evidence: RefundEvidence): RefundAnswer {
  return { kind: "not_executed", code: "provider_list_too_long", evidence };
}

interface RefundPage {
  refunds: Parameters<typeof toProviderRefund>[0][];
  nextCursor: string | null;
}

/** Throws what is read as unknown when the page is not what was asked for: nothing may be left out silently. */
function readPage(
  answer: Stripe.Response<Stripe.ApiList<Stripe.Refund>>,
  paymentIntentId: string,
  evidence: RefundEvidence,
): RefundPage {
  const { statusCode, requestId } = answer.lastResponse;
  const unreadable = { statusCode, requestId };
  if (statusCode !== 200 || !Array.isArray(answer.data) || typeof answer.has_more !== "boolean") throw unreadable;
  const refunds = answer.data.map((raw) => readListed(raw, paymentIntentId));
  if (refunds.some((refund) => refund === null)) throw unreadable;
  const read = refunds.flatMap((refund) => refund ?? []);
  const last = read.at(-1);
  // More to come and nothing to go on from: the end of the list was not seen.
  if (answer.has_more && !last) throw unreadable;
  Object.assign(evidence, { httpStatus: statusCode, ...(requestId && { requestId: requestId.slice(0, 255) }) });
  return { refunds: read, nextCursor: answer.has_more ? (last?.id ?? null) : null };
}
