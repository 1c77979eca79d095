import { claimPayments, readNextWake } from "@payonce/db";
import { type ChargeJob, type ChargeJobName, chargeJobSchema, newId } from "@payonce/domain";
import type { Logger } from "@payonce/service";
import { DelayedError, type Job, UnrecoverableError } from "bullmq";
import { type ChargeOptions, type ChargeResult, chargePayment } from "./charge-payment.ts";

export type ChargeBullJob = Job<ChargeJob, unknown, ChargeJobName>;

export interface ProcessOptions extends ChargeOptions {
  onAttempt?: (result: ChargeResult, durationMs: number) => void;
  logger: Logger;
}

/** A payment that is due in less than this is waited for in one go, so that clocks a little apart cause no busy loop. */
const MIN_DELAY_MS = 50;

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
  const { paymentId } = data.data;
  const startedAt = performance.now();
  const request = { attemptId: newId("att"), paymentId, forced: job.name === "look-again" };
  const [claim] = await claimPayments(options.pool, [request], options.leaseMs);
  if (!claim) return comeBackLater(options, job, token, paymentId);

  const result = await chargePayment(options, claim, startedAt);
  const durationMs = Math.round(performance.now() - startedAt);
  options.onAttempt?.(result, durationMs);
  const outcome = result === "lost" ? { status: "lost" } : { status: result.status, code: result.code };
  options.logger.info(
    { paymentId, attemptId: claim.attemptId, attempt: claim.attempts, ...outcome, durationMs },
    "attempt",
  );
  if (result === "lost") return comeBackLater(options, job, token, paymentId);
  if (result.waitMs === null) return result.status;
  await job.log(`Attempt ${claim.attempts}: ${result.status} (${result.code}); again in ${result.waitMs} ms`);
  return delayJob(job, token, result.waitMs);
}

/** Not claimed: it is final, not due yet, or another charger has it. Postgres says when to look again, if ever. */
async function comeBackLater(
  { pool }: ProcessOptions,
  job: ChargeBullJob,
  token: string | undefined,
  paymentId: string,
) {
  const wake = await readNextWake(pool, paymentId);
  if (!wake) throw new UnrecoverableError("there is no such payment");
  if (wake.waitMs === null) return wake.status;
  return delayJob(job, token, wake.waitMs);
}

async function delayJob(job: ChargeBullJob, token: string | undefined, waitMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + Math.max(waitMs, MIN_DELAY_MS), token);
  throw new DelayedError();
}
