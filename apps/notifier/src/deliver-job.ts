import { holdDelivery, readDeliveryWake } from "@payonce/db/webhooks";
import { type WebhookJob, webhookJobSchema } from "@payonce/domain";
import { DelayedError, type Job, UnrecoverableError } from "bullmq";
import type pg from "pg";
import type { EndpointLanes } from "./endpoint-lanes.ts";

export type WebhookBullJob = Job<WebhookJob, string>;

/** What is due in less than this is waited for in one go, so that clocks a little apart cause no busy loop. */
const MIN_DELAY_MS = 50;

/**
 * What a job does: it wakes. It has an attempt made at the delivery if that is due, and comes back when Postgres says so.
 * A job that is repeated, late or without a cause finds nothing to claim and sends nothing.
 *
 * @returns what became of the delivery, for the dashboard
 */
export async function deliverJob(
  { pool, lanes }: { pool: pg.Pool; lanes: EndpointLanes },
  job: WebhookBullJob,
  token: string | undefined,
): Promise<string> {
  const data = webhookJobSchema.safeParse(job.data);
  if (!data.success) throw new UnrecoverableError("the job's data is not { deliveryId, endpointId, dispatch }");
  const { deliveryId, endpointId } = data.data;
  const entered = lanes.enter(endpointId, deliveryId);
  if (typeof entered === "number") return delayJob(job, token, entered);
  const attempt = await entered;
  if (attempt.kind === "not_claimed") return notClaimed(pool, job, token, deliveryId);
  if (attempt.kind !== "failed") return attempt.kind;
  await job.log(`Attempt: ${attempt.what}; again in ${attempt.waitMs} ms`);
  return delayJob(job, token, attempt.waitMs);
}

/** Not claimed: it is done, not due yet, another's, paused, or its endpoint takes none. */
async function notClaimed(
  pool: pg.Pool,
  job: WebhookBullJob,
  token: string | undefined,
  deliveryId: string,
): Promise<string> {
  const wake = await readDeliveryWake(pool, deliveryId);
  if (!wake) return "forgotten";
  if (wake.waitMs === null) return wake.status;
  if (!wake.isWanted && wake.waitMs === 0 && (await holdDelivery(pool, deliveryId))) return "held";
  return delayJob(job, token, wake.waitMs);
}

async function delayJob(job: WebhookBullJob, token: string | undefined, waitMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + Math.max(waitMs, MIN_DELAY_MS), token);
  throw new DelayedError();
}
