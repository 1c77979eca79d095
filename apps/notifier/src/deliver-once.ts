import { toPaymentResource } from "@payonce/db";
import {
  claimDelivery,
  type DeliveryClaim,
  type DeliverySettlement,
  type SecretBox,
  settleDelivery,
} from "@payonce/db/webhooks";
import { type WebhookDisabledReason, type WebhookEvent, webhookRetryWaitMs } from "@payonce/domain";
import { crashPoint, type Logger } from "@payonce/service";
import type pg from "pg";
import type { SentWebhook, WebhookRequest } from "./send/send-webhook.ts";
import { signWebhook } from "./send/sign-webhook.ts";

export interface DeliverOptions {
  pool: pg.Pool;
  send: (request: WebhookRequest) => Promise<SentWebhook>;
  box: SecretBox;
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

/** What became of a delivery. */
export type Attempt =
  | { kind: "delivered" | "gone" | "dead_lettered" }
  | { kind: "failed"; what: string; waitMs: number }
  /** It is done, not due, another's, paused, or its endpoint takes none; or the claim was lost while it was sent. */
  | { kind: "not_claimed" };

/**
 * Makes one attempt at a delivery: claims it, sends what Postgres says, settles. One that is not to be had is left alone.
 *
 * The receiver gets an event **at least once**: a notifier that dies between the answer and the settle leaves a delivery
 * that is sent again.
 */
export async function deliverOnce(options: DeliverOptions, deliveryId: string): Promise<Attempt> {
  const claim = await claimDelivery(options.pool, deliveryId, options.leaseMs);
  if (!claim) return { kind: "not_claimed" };
  crashPoint("deliver.before");
  const sent = await sendClaimed(options, claim);
  crashPoint("deliver.after");
  const settlement = settlementOf(options, claim, sent);
  const settled = await settleDelivery(options.pool, settlement, options.disableAfterMs);
  crashPoint("settle-delivery.after");
  report(options, claim, sent, settlement, settled);
  if (!settled) return { kind: "not_claimed" };
  const { outcome } = settlement;
  if (outcome.kind !== "failed") return outcome;
  const { waitMs, code } = outcome;
  return waitMs === null
    ? { kind: "dead_lettered" }
    : { kind: "failed", what: String(sent.httpStatus ?? code), waitMs };
}

/** When the secret cannot be read, nothing is sent, and that is a failed attempt like any other. */
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
