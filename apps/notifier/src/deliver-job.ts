import { toPaymentResource } from "@payonce/db";
import {
  claimDelivery,
  type DeliveryClaim,
  type DeliverySettlement,
  holdDelivery,
  readDeliveryWake,
  type SecretBox,
  settleDelivery,
} from "@payonce/db/webhooks";
import {
  type WebhookDisabledReason,
  type WebhookEvent,
  type WebhookJob,
  webhookJobSchema,
  webhookRetryWaitMs,
} from "@payonce/domain";
import type { Logger } from "@payonce/service";
import { DelayedError, type Job, UnrecoverableError } from "bullmq";
import type pg from "pg";
import type { EndpointLanes } from "./endpoint-lanes.ts";
import type { SentWebhook, WebhookRequest } from "./send/send-webhook.ts";
import { signWebhook } from "./send/sign-webhook.ts";

export type WebhookBullJob = Job<WebhookJob, string>;

export interface DeliverOptions {
  pool: pg.Pool;
  send: (request: WebhookRequest) => Promise<SentWebhook>;
  box: SecretBox;
  lanes: EndpointLanes;
  retryWaitsMs: readonly number[];
  /** Covers sending, its deadline included, and the settle after it. */
  leaseMs: number;
  /** An endpoint to which nothing has got through for so long is disabled. */
  disableAfterMs: number;
  userAgent: string;
  now: () => number;
  random: () => number;
  onAttempt?: (attempt: { sent: SentWebhook; sinceEventMs: number }) => void;
  onDeadLetter?: () => void;
  /** Called when an attempt has had its endpoint disabled: for operators, and the merchant sees it on the endpoint. */
  onDisabled?: (reason: WebhookDisabledReason) => void;
  logger: Logger;
}

/** What is due in less than this is waited for in one go, so that clocks a little apart cause no busy loop. */
const MIN_DELAY_MS = 50;

/**
 * What a job does: it wakes. It claims the delivery if that is due, makes one attempt, and comes back when Postgres says
 * so. A job that is repeated, late or without a cause finds nothing to claim and sends nothing.
 *
 * The receiver gets an event **at least once**: a notifier that dies between the answer and the settle leaves a delivery
 * that is sent again.
 *
 * @returns what became of the delivery, for the dashboard
 */
export async function deliverJob(options: DeliverOptions, job: WebhookBullJob, token: string | undefined) {
  const data = webhookJobSchema.safeParse(job.data);
  if (!data.success) throw new UnrecoverableError("the job's data is not { deliveryId, endpointId, dispatch }");
  const { deliveryId, endpointId } = data.data;
  const place = await options.lanes.enter(endpointId);
  if (typeof place === "number") return delayJob(job, token, place);
  let outcome: "delivered" | "failed" | null = null;
  try {
    const claim = await claimDelivery(options.pool, deliveryId, options.leaseMs);
    if (!claim) return await notClaimed(options, job, token, deliveryId);
    const sent = await sendClaimed(options, claim);
    outcome = sent.outcome.kind === "delivered" ? "delivered" : "failed";
    const settlement = settlementOf(options, claim, sent);
    const settled = await settleDelivery(options.pool, settlement, options.disableAfterMs);
    report(options, claim, sent, settlement, settled);
    if (!settled) return await notClaimed(options, job, token, deliveryId);
    const end = settlement.outcome;
    if (end.kind !== "failed") return end.kind;
    if (end.waitMs === null) return "dead_lettered";
    await job.log(`Attempt: ${sent.httpStatus ?? end.code}; again in ${end.waitMs} ms`);
    return await delayJob(job, token, end.waitMs);
  } finally {
    place.leave(outcome);
  }
}

/** Sends what was claimed; when its secret cannot be read, nothing is sent, and that is a failed attempt like any other. */
async function sendClaimed(options: DeliverOptions, claim: DeliveryClaim): Promise<SentWebhook> {
  let request: WebhookRequest;
  try {
    request = toRequest(options, claim);
  } catch {
    options.logger.error({ endpointId: claim.endpointId }, "WEBHOOK_SECRET_KEY does not open the endpoint's secret");
    const outcome = { kind: "failed", code: "secret_unreadable", retryAfterMs: null } as const;
    return { outcome, httpStatus: null, response: null, durationMs: 0 };
  }
  return options.send(request);
}

/** Not claimed: it is done, not due yet, another's, paused, or its endpoint takes none. */
async function notClaimed(
  { pool }: DeliverOptions,
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

function toRequest({ box, userAgent, now }: DeliverOptions, claim: DeliveryClaim): WebhookRequest {
  const { eventId: id, eventType: type, eventAt, eventVersion: version, refundId: refund, endpointId } = claim;
  const event: WebhookEvent = {
    id,
    type,
    timestamp: eventAt.toISOString(),
    version,
    refund,
    data: toPaymentResource(claim.payment),
  };
  const body = JSON.stringify(event);
  const secrets = claim.secrets.map((sealed) => box.open(endpointId, sealed));
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "content-length": String(Buffer.byteLength(body)),
    "user-agent": userAgent,
    ...signWebhook({ id, timestampSeconds: Math.floor(now() / 1_000), body }, secrets),
  };
  return { url: claim.url, headers, body };
}

function settlementOf(
  { retryWaitsMs, random }: DeliverOptions,
  { deliveryId, version, tries }: DeliveryClaim,
  { outcome, httpStatus, response, durationMs }: SentWebhook,
): DeliverySettlement {
  const facts = { deliveryId, version, httpStatus, response, durationMs };
  if (outcome.kind !== "failed") return { ...facts, outcome };
  const { code, retryAfterMs } = outcome;
  const waitMs = webhookRetryWaitMs(tries, { waitsMs: retryWaitsMs, retryAfterMs, random });
  return { ...facts, outcome: { kind: "failed", code, waitMs } };
}

/** Without the url: what comes after its host may be secret. */
function report(
  { onAttempt, onDeadLetter, onDisabled, logger, now }: DeliverOptions,
  { deliveryId, endpointId, eventId, eventAt }: DeliveryClaim,
  sent: SentWebhook,
  { outcome }: DeliverySettlement,
  settled: { disabledAs: WebhookDisabledReason | null } | null,
): void {
  onAttempt?.({ sent, sinceEventMs: now() - eventAt.getTime() });
  const code = outcome.kind === "failed" ? outcome.code : null;
  const { httpStatus, durationMs } = sent;
  const facts = { deliveryId, endpointId, eventId, outcome: outcome.kind, code, httpStatus, durationMs };
  logger.info({ ...facts, isLost: settled === null }, "webhook");
  if (settled && outcome.kind === "failed" && outcome.waitMs === null) onDeadLetter?.();
  if (!settled?.disabledAs) return;
  onDisabled?.(settled.disabledAs);
  logger.warn({ endpointId, reason: settled.disabledAs }, "a webhook endpoint was disabled");
}

async function delayJob(job: WebhookBullJob, token: string | undefined, waitMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + Math.max(waitMs, MIN_DELAY_MS), token);
  throw new DelayedError();
}
