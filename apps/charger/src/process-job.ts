import { readNextWake } from "@payonce/db";
import { type ChargeJob, type ChargeJobName, chargeJobSchema, isSettled, newId } from "@payonce/domain";
import { crashPoint, type Logger } from "@payonce/service";
import { DelayedError, type Job, UnrecoverableError } from "bullmq";
import type pg from "pg";
import type { Breaker } from "./breaker.ts";
import { cancelAtProvider } from "./cancel-at-provider.ts";
import { type ChargeOptions, type ChargeResult, chargePayment } from "./charge-payment.ts";
import { inspectPayment } from "./inspect-payment.ts";
import { isProviderFailure } from "./provider-failure.ts";

export type ChargeBullJob = Job<ChargeJob, unknown, ChargeJobName>;

export interface ProcessOptions extends Omit<ChargeOptions, "account"> {
  /** For everything but the writes of an attempt. */
  pool: pg.Pool;
  breaker: Breaker;
  onAttempt?: (result: ChargeResult, durationMs: number) => void;
  /** Called when a payment belongs to another provider account than our key's: an alarm. */
  onAccountDiffers?: () => void;
  logger: Logger;
}

/** A payment that is due in less than this is waited for in one go, so that clocks a little apart cause no busy loop. */
const MIN_DELAY_MS = 50;
/** When to ask again what could not be asked now. */
const UNANSWERED_DELAY_MS = 2_000;
const SENT_NOTHING: ReadonlySet<string | null> = new Set(["lease_too_short", "provider_account_differs"]);

/**
 * What a job does: it wakes. It claims the payment if that is due, makes one attempt, and comes back when Postgres says
 * so. A job that is repeated, late or without a cause finds nothing to claim and changes nothing.
 *
 * The life of a job: `waiting → active → delayed → active → … → completed`, completed when its payment needs no more
 * waking by itself. It is `failed` only for errors of ours, which BullMQ retries for a while; after that the sweep makes
 * another job.
 *
 * @returns what became of the payment, for the dashboard
 */
export async function processJob(options: ProcessOptions, job: ChargeBullJob, token: string | undefined) {
  const data = chargeJobSchema.safeParse(job.data);
  if (!data.success) throw new UnrecoverableError("the job's data is not { paymentId, dispatch }");
  // Asked before the claim, so that an outage spends no attempt.
  const breakerWaitMs = options.breaker.waitMs();
  if (breakerWaitMs > 0) return delayJob(job, token, breakerWaitMs);
  try {
    const identity = await options.provider.identify();
    if (!identity) {
      options.logger.warn("the provider does not tell whose account our key opens; no payment is sent until it does");
      options.breaker.failed();
      return await delayJob(job, token, UNANSWERED_DELAY_MS);
    }
    return await attempt(options, job, token, data.data.paymentId, identity);
  } finally {
    // Whatever path was taken: a probe that asked nothing must not keep the next one out.
    options.breaker.released();
  }
}

async function attempt(
  options: ProcessOptions,
  job: ChargeBullJob,
  token: string | undefined,
  paymentId: string,
  identity: { account: string; apiVersion: string },
) {
  const { writes, breaker, logger } = options;
  const { account } = identity;
  const startedAt = performance.now();
  const request = { attemptId: newId("att"), paymentId, forced: job.name === "look-again" };
  crashPoint("claim.before");
  const held = await writes.claim(request, identity);
  crashPoint("claim.after");
  if (!held) return notClaimed({ ...options, account }, job, token, paymentId);

  const { claim, claimedAt } = held;
  const result = await chargePayment({ ...options, account }, claim, claimedAt);
  const durationMs = Math.round(performance.now() - startedAt);
  options.onAttempt?.(result, durationMs);
  const { status, code } = result === "lost" ? { status: "lost", code: null } : result;
  if (isProviderFailure(code)) breaker.failed();
  // What was lost to another charger, or sent nothing, says nothing about the provider.
  else if (result !== "lost" && !SENT_NOTHING.has(code)) breaker.succeeded();
  if (code === "provider_account_differs") {
    options.onAccountDiffers?.();
    const words = "the payment belongs to another provider account; nothing was sent";
    logger.error({ paymentId, account, of: claim.providerAccount }, words);
  }
  logger.info({ paymentId, attemptId: claim.attemptId, attempt: claim.attempts, status, code, durationMs }, "attempt");
  if (result === "lost") return notClaimed({ ...options, account }, job, token, paymentId);
  if (result.waitMs === null) return result.status;
  await job.log(`Attempt ${claim.attempts}: ${result.status} (${result.code}); again in ${result.waitMs} ms`);
  // A hint has done its work; the payment's own job comes back. Hints that came back would take turns for ever: each finds the
  // payment not due, because of the one before, and so spends no try.
  if (job.name === "look-again") return result.status;
  return delayJob(job, token, result.waitMs);
}

/** Not claimed: it is settled, being canceled, not due yet, paused, or another charger has it. */
async function notClaimed(
  options: ProcessOptions & { account: string },
  job: ChargeBullJob,
  token: string | undefined,
  paymentId: string,
) {
  const wake = await readNextWake(options.pool, paymentId);
  if (!wake) throw new UnrecoverableError("there is no such payment");
  if (wake.cancelRequested) {
    if (await cancelAtProvider(options, paymentId)) return "cancel finished";
    return delayJob(job, token, UNANSWERED_DELAY_MS);
  }
  if (wake.waitMs !== null) {
    // Evidence does not wait for the end of a lease: the attempt that holds it may well settle before.
    const isHint = job.name === "look-again" && wake.status === "charging";
    return delayJob(job, token, isHint ? Math.min(wake.waitMs, UNANSWERED_DELAY_MS) : wake.waitMs);
  }
  if (job.name !== "look-again" || !isSettled(wake.status)) return wake.status;
  const inspection = await inspectPayment(options, paymentId);
  options.logger.info({ paymentId, status: wake.status, inspection }, "looked at a settled payment");
  return inspection === "unseen" ? delayJob(job, token, UNANSWERED_DELAY_MS) : inspection;
}

async function delayJob(job: ChargeBullJob, token: string | undefined, waitMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + Math.max(waitMs, MIN_DELAY_MS), token);
  throw new DelayedError();
}
