import type { RefundAnswer, RefundEvidence } from "@payonce/domain";
import { classify, type StripeFailure } from "./classify.ts";
import { wasReplayed } from "./read-refund.ts";
import { redact } from "./redact.ts";

/** What the SDK puts on the errors it throws, as far as refunds need it. */
export interface RefundFailure extends StripeFailure {
  param?: unknown;
  message?: unknown;
  requestId?: string | undefined;
  headers?: Record<string, unknown> | undefined;
}

/** Stripe says that less is left of the charge than we hold to be: somebody else has refunded it. */
const CONTRADICTS_THE_SUMS: ReadonlySet<string> = new Set(["charge_already_refunded", "amount_too_large"]);

/**
 * What a failed call about refunds means for the money. As with payments only what provably did not run is
 * `not_executed`, only a refusal that names its reason is `refused`, and everything else is `unknown`.
 *
 * https://docs.stripe.com/refunds, https://docs.stripe.com/api/idempotent_requests
 */
export function readRefundFailure(
  operation: RefundEvidence["operation"],
  failure: RefundFailure,
  evidence: RefundEvidence,
): RefundAnswer {
  const isReplayed = wasReplayed(failure.headers);
  const answer = classifyRefund(operation, failure, isReplayed);
  const { requestId, message, statusCode } = failure;
  Object.assign(evidence, {
    code: answer.code,
    ...(statusCode && { httpStatus: statusCode }),
    ...(requestId && { requestId: requestId.slice(0, 255) }),
    ...(isReplayed && { isReplayed }),
    ...(typeof message === "string" && message && { message: redact(message) }),
  });
  return { ...answer, evidence };
}

type Failed = Extract<RefundAnswer, { code: string }>;
type Classified = Failed extends infer One ? (One extends Failed ? Omit<One, "evidence"> : never) : never;

function classifyRefund(
  operation: RefundEvidence["operation"],
  failure: RefundFailure,
  isReplayed: boolean,
): Classified {
  // A lookup's rules: no card can say no to a refund.
  const { kind, code } = classify("retrieve", failure);
  if (kind === "not_executed") return { kind, code };
  if (kind === "declined" && operation === "refund") {
    const reason = refusalCode(failure, code);
    return { kind: "refused", code: reason, contradictsSums: CONTRADICTS_THE_SUMS.has(reason) };
  }
  // A stored error is all that this key will ever get. With other parameters under it, too: some request has used it up.
  const isStoredError = isReplayed && (failure.statusCode ?? 0) >= 500;
  const isKeySpent = operation === "refund" && (isStoredError || failure.rawType === "idempotency_error");
  return { kind: "unknown", code, isKeySpent };
}

/** Stripe's own word; for an amount that is too large it has none. */
function refusalCode({ code, param }: RefundFailure, otherwise: string): string {
  if (typeof code === "string" && /^\w{1,100}$/.test(code)) return code;
  return param === "amount" ? "amount_too_large" : otherwise;
}
