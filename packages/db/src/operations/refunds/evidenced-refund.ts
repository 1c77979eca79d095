import type { RefundEvidence, RefundReason, RefundState } from "@payonce/domain";

/** All that is known of one refund. */
export interface EvidencedRefund {
  id: string;
  idempotencyKey: string;
  /** In the payment's currency. */
  amountMinor: number;
  reason: RefundReason | null;
  metadata: Record<string, string>;
  status: RefundState;
  version: number;
  outcomeUnknown: boolean;
  attempts: number;
  /** Attempts of this round. */
  tries: number;
  /** At what the provider has and has not finished. */
  looks: number;
  dispatch: number;
  providerRefundId: string | null;
  /** When a request that moves the money last left. */
  lastSentAt: Date | null;
  failureCode: string | null;
  deadLetterReason: string | null;
  nextActionAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  /** The newest of them, oldest first. */
  attemptsMade: EvidencedRefundAttempt[];
}

export interface EvidencedRefundAttempt {
  id: string;
  number: number;
  startedAt: Date;
  /** When the request that moves the money was announced; null where none left. */
  sentAt: Date | null;
  endedAt: Date | null;
  outcome: string | null;
  code: string | null;
  evidence: RefundEvidence[] | null;
}

const MAX_ATTEMPTS = 100;

/** Columns of a row of `refunds`, as JSON takes them. */
export const REFUNDS_OF_PAYMENT = `id, idempotency_key AS "idempotencyKey", amount_minor AS "amountMinor", reason, metadata,
  status, version, outcome_unknown AS "outcomeUnknown", attempts, tries, looks, dispatch,
  provider_refund_id AS "providerRefundId", last_sent_at AS "lastSentAt", failure_code AS "failureCode",
  dead_letter_reason AS "deadLetterReason", next_action_at AS "nextActionAt", created_at AS "createdAt",
  updated_at AS "updatedAt",
  (SELECT coalesce(jsonb_agg(a ORDER BY a.number), '[]') FROM (
    SELECT id, number, started_at AS "startedAt", sent_at AS "sentAt", ended_at AS "endedAt", outcome, code, evidence
    FROM refund_attempts WHERE refund_id = refunds.id ORDER BY number DESC LIMIT ${MAX_ATTEMPTS}) a) AS "attemptsMade"`;

/** Times within JSON come as text. */
export function withAttemptDates(refund: EvidencedRefund): EvidencedRefund {
  const toDate = (at: Date | null) => (at === null ? null : new Date(at));
  return {
    ...refund,
    attemptsMade: refund.attemptsMade.map((attempt) => ({
      ...attempt,
      startedAt: new Date(attempt.startedAt),
      sentAt: toDate(attempt.sentAt),
      endedAt: toDate(attempt.endedAt),
    })),
  };
}
