import { claimRefund, readNextRefundWake } from "@payonce/db";
import {
  type CompareRefundsJob,
  compareRefundsJobSchema,
  isRefundAtRest,
  newId,
  type RefundJob,
  type RefundJobName,
  refundJobSchema,
} from "@payonce/domain";
import { crashPoint, type Logger } from "@payonce/service";
import { DelayedError, type Job, UnrecoverableError } from "bullmq";
import type { Breaker } from "../breaker.ts";
import { isProviderFailure } from "../provider-failure.ts";
import { compareRefunds } from "./compare-refunds.ts";
import { type RefundOptions, type RefundResult, refundPayment } from "./refund-payment.ts";
import { openSendWindow } from "./send-window.ts";

export type RefundBullJob = Job<RefundJob | CompareRefundsJob, unknown, RefundJobName>;

export interface ProcessRefundOptions extends Omit<RefundOptions, "account"> {
  /** How long after a request left it may still be on its way; see REFUND_QUIET_MS. */
  quietMs: number;
  breaker: Breaker;
  onAttempt?: (result: RefundResult, durationMs: number) => void;
  /** Called when a payment belongs to another provider account than our key's: an alarm. */
  onAccountDiffers?: () => void;
  logger: Logger;
}

type AtAccount = ProcessRefundOptions & { account: string };

/** As for charges. */
const MIN_DELAY_MS = 50;
/** When to ask again what could not be asked now. */
const UNANSWERED_DELAY_MS = 2_000;
/** Until somebody has put the right key in place. */
const OTHER_ACCOUNT_DELAY_MS = 60_000;
const SENT_NOTHING: ReadonlySet<string | null> = new Set(["lease_too_short", "claim_lost", "provider_account_differs"]);

/**
 * What a job of the queue `refunds` does: it wakes, as a charge's does. A refund that is due is claimed and attempted; one
 * that the provider has and has not finished is looked at; a job that is repeated, late or without a cause changes nothing.
 *
 * @returns what became of the refund, for the dashboard
 */
export async function processRefundJob(options: ProcessRefundOptions, job: RefundBullJob, token: string | undefined) {
  const compare = job.name === "compare-refunds" ? compareRefundsJobSchema.safeParse(job.data) : undefined;
  const wake = compare ? undefined : refundJobSchema.safeParse(job.data);
  if (!(compare?.success || wake?.success)) throw new UnrecoverableError("the job's data is not what its name says");
  // Asked before the claim, so that an outage spends no attempt.
  const breakerWaitMs = options.breaker.waitMs();
  if (breakerWaitMs > 0) return delayJob(job, token, breakerWaitMs);
  try {
    const identity = await options.provider.identify();
    if (!identity) {
      options.logger.warn("the provider does not tell whose account our key opens; nothing is refunded until it does");
      options.breaker.failed();
      return await delayJob(job, token, UNANSWERED_DELAY_MS);
    }
    const at = { ...options, account: identity.account };
    if (compare?.success) return await look(at, job, token, compare.data.paymentId);
    return await attempt(at, job, token, wake?.data?.refundId ?? "");
  } finally {
    // Whatever path was taken: a probe that asked nothing must not keep the next one out.
    options.breaker.released();
  }
}

async function attempt(options: AtAccount, job: RefundBullJob, token: string | undefined, refundId: string) {
  const { pool, leaseMs, quietMs, provider, breaker, logger, account } = options;
  const startedAt = performance.now();
  // From before the claim was sent, so that the lease ends no earlier than we think.
  const window = openSendWindow(leaseMs - provider.callTimeoutMs);
  const request = { attemptId: newId("att"), refundId, forced: job.name === "look-again" };
  crashPoint("refund-claim.before");
  const claim = await claimRefund(pool, request, { leaseMs, quietMs });
  crashPoint("refund-claim.after");
  if (!claim) return notClaimed(options, job, token, refundId);

  const result = await refundPayment(options, claim, window);
  const durationMs = Math.round(performance.now() - startedAt);
  options.onAttempt?.(result, durationMs);
  const { status, code } = result === "lost" ? { status: "lost", code: null } : result;
  if (isProviderFailure(code)) breaker.failed();
  else if (result !== "lost" && !SENT_NOTHING.has(code)) breaker.succeeded();
  if (code === "provider_account_differs") {
    options.onAccountDiffers?.();
    const words = "the payment belongs to another provider account; nothing was refunded";
    logger.error({ refundId, account, of: claim.providerAccount }, words);
  }
  const { attemptId, attempts, paymentId } = claim;
  logger.info({ refundId, paymentId, attemptId, attempt: attempts, status, code, durationMs }, "refund attempt");
  if (result === "lost") return notClaimed(options, job, token, refundId);
  if (result.waitMs === null) return result.status;
  await job.log(`Attempt ${attempts}: ${result.status} (${result.code}); again in ${result.waitMs} ms`);
  // As for charges: hints that came back would take turns for ever.
  if (job.name === "look-again") return result.status;
  return delayJob(job, token, result.waitMs);
}

/** Not claimed: it is at rest, at the provider, not due yet, paused, or another charger has it. */
async function notClaimed(options: AtAccount, job: RefundBullJob, token: string | undefined, refundId: string) {
  const wake = await readNextRefundWake(options.pool, refundId);
  if (!wake) throw new UnrecoverableError("there is no such refund");
  const isHint = job.name === "look-again";
  if (isRefundAtRest(wake.status)) return isHint ? look(options, job, token, wake.paymentId) : wake.status;
  if (wake.status === "pending" && !wake.isPaused && (isHint || wake.waitMs === 0)) {
    const outcome = await look(options, job, token, wake.paymentId);
    // A hint has done its work; the refund's own job comes back while the provider is not done.
    const next = isHint ? null : await readNextRefundWake(options.pool, refundId);
    return next?.waitMs == null ? outcome : delayJob(job, token, next.waitMs);
  }
  const waitMs = wake.waitMs ?? UNANSWERED_DELAY_MS;
  // Evidence does not wait for the end of a lease: the attempt that holds it may well settle before.
  return delayJob(job, token, isHint && wake.status === "refunding" ? Math.min(waitMs, UNANSWERED_DELAY_MS) : waitMs);
}

async function look(options: AtAccount, job: RefundBullJob, token: string | undefined, paymentId: string) {
  const comparison = await compareRefunds(options, paymentId);
  options.logger.info({ paymentId, comparison }, "looked at a payment's refunds");
  if (comparison === "unseen") return delayJob(job, token, UNANSWERED_DELAY_MS);
  if (comparison !== "account_differs") return comparison;
  options.onAccountDiffers?.();
  // What is only a hint can be forgotten: with the right key, the refund's own job looks anyhow.
  return job.name === "refund-payment" ? delayJob(job, token, OTHER_ACCOUNT_DELAY_MS) : comparison;
}

async function delayJob(job: RefundBullJob, token: string | undefined, waitMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + Math.max(waitMs, MIN_DELAY_MS), token);
  throw new DelayedError();
}
