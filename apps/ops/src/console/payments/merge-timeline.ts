import type { EvidencedAttempt, EvidencedRefundAttempt, PaymentAction, PaymentEvidence } from "@payonce/db/operations";
import type { PaymentJob } from "../queue-reader.ts";

/** One thing that happened to a payment. */
export type TimelineEntry = { at: Date } & (
  | { kind: "accepted" }
  | { kind: "change"; change: PaymentEvidence["timeline"][number] }
  | { kind: "attempt"; attempt: EvidencedAttempt }
  | { kind: "refund_attempt"; refundId: string; attempt: EvidencedRefundAttempt }
  | { kind: "webhook"; webhook: PaymentEvidence["webhooks"][number] }
  | { kind: "anomaly"; anomaly: PaymentEvidence["anomalies"][number] }
  | { kind: "action"; action: PaymentAction }
  | { kind: "outbox"; row: PaymentEvidence["outbox"][number] }
  | { kind: "job"; job: PaymentJob }
);

/** Of what was written in one statement: the cause stands before what followed from it. */
const RANK: Record<TimelineEntry["kind"], number> = {
  accepted: 0,
  webhook: 1,
  action: 2,
  change: 3,
  attempt: 4,
  refund_attempt: 5,
  anomaly: 6,
  outbox: 7,
  job: 8,
};

/**
 * All that happened to a payment, the oldest first.
 *
 * @param jobs those that BullMQ has; null while Redis is away
 */
export function mergeTimeline(evidence: PaymentEvidence, jobs: readonly PaymentJob[] | null): TimelineEntry[] {
  const { payment, timeline, attempts, refunds, webhooks, anomalies, actions, outbox } = evidence;
  // An anomaly is told by its own entry, with the evidence.
  const told = new Set(anomalies.map(({ kind }) => kind));
  const entries: TimelineEntry[] = [
    { kind: "accepted", at: payment.createdAt },
    ...timeline
      .filter(({ kind, code }) => !(kind === "anomaly" && code !== null && told.has(code)))
      .map((change) => ({ kind: "change" as const, at: change.at, change })),
    ...attempts.map((attempt) => ({ kind: "attempt" as const, at: attempt.startedAt, attempt })),
    ...refunds.flatMap(({ id: refundId, attemptsMade }) =>
      attemptsMade.map((attempt) => ({ kind: "refund_attempt" as const, at: attempt.startedAt, refundId, attempt })),
    ),
    ...webhooks.map((webhook) => ({ kind: "webhook" as const, at: webhook.receivedAt, webhook })),
    ...anomalies.map((anomaly) => ({ kind: "anomaly" as const, at: anomaly.openedAt, anomaly })),
    ...actions.map((action) => ({ kind: "action" as const, at: action.at, action })),
    ...outbox.map((row) => ({ kind: "outbox" as const, at: row.createdAt, row })),
    ...(jobs ?? []).flatMap((job) => (job.addedAt ? [{ kind: "job" as const, at: job.addedAt, job }] : [])),
  ];
  return entries.sort((a, b) => a.at.getTime() - b.at.getTime() || RANK[a.kind] - RANK[b.kind]);
}
