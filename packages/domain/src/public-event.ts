/**
 * What merchants are told of, as webhooks and in the timeline: kind of the timeline row → type of the event. The types are
 * stable names of their own, so that a state can be renamed without breaking anybody. Each row raises the payment's version.
 */
export const PUBLIC_EVENTS = {
  queued: "payment.queued",
  retry_wait: "payment.retrying",
  unknown: "payment.unknown",
  dead_lettered: "payment.dead_lettered",
  succeeded: "payment.succeeded",
  declined: "payment.declined",
  canceled: "payment.canceled",
  refund_requested: "refund.requested",
  refund_retry_wait: "refund.retrying",
  refund_unknown: "refund.unknown",
  refund_pending: "refund.pending",
  refund_dead_lettered: "refund.dead_lettered",
  refund_succeeded: "refund.succeeded",
  refund_failed: "refund.failed",
  refund_canceled: "refund.canceled",
} as const satisfies Record<string, string>;

/** Shown in the timeline and the live status alone: of interest to one who is watching, and no webhook is sent for them. */
export const TIMELINE_ONLY_EVENTS = {
  charging: "payment.processing",
  cancel_requested: "payment.cancel_requested",
  cancel_refused: "payment.cancel_refused",
  refund_started: "refund.processing",
} as const satisfies Record<string, string>;

/** Inside work, or for operators. A test compares these three with every kind that is written anywhere. */
export const HIDDEN_KINDS: readonly string[] = ["provider_object_stored", "anomaly"];

/** A kind of timeline row that is public. */
export type PublicKind = keyof typeof PUBLIC_EVENTS;
export type PublicEventType = (typeof PUBLIC_EVENTS)[PublicKind];

/** All names of events, as endpoints may choose from them. */
export const PUBLIC_EVENT_TYPES: readonly PublicEventType[] = Object.values(PUBLIC_EVENTS);

export function isPublicKind(kind: string): kind is PublicKind {
  return Object.hasOwn(PUBLIC_EVENTS, kind);
}

/**
 * An event's id. It follows from what happened, so however often the event is found, announced or sent, it is the same.
 *
 * @param kind of the timeline row; with payment and version it is the row's key
 */
export function publicEventId({ paymentId, version, kind }: PublicEventKey): string {
  return `evt_${paymentId}_${version}_${kind}`;
}

export interface PublicEventKey {
  paymentId: string;
  version: number;
  kind: string;
}
