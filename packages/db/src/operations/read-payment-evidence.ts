import type { Evidence, PaymentState } from "@payonce/domain";
import type pg from "pg";
import type { Actor } from "./audit.ts";
import { type EvidencedRefund, REFUNDS_OF_PAYMENT, withAttemptDates } from "./refunds/evidenced-refund.ts";

/** All that is known of one payment. */
export interface PaymentEvidence {
  payment: EvidencedPayment;
  /** State changes, and entries that are none, by version. */
  timeline: { version: number; kind: string; at: Date; code: string | null; refundId: string | null }[];
  attempts: EvidencedAttempt[];
  refunds: EvidencedRefund[];
  /** What waits to be published: what was published is not in the outbox any more. */
  outbox: {
    id: string;
    kind: string;
    version: number;
    dispatch: number;
    tries: number;
    createdAt: Date;
    notBefore: Date;
    /** Where it is about a refund: version and dispatch are the refund's. */
    refundId: string | null;
  }[];
  webhooks: {
    id: string;
    type: string;
    providerObjectId: string | null;
    refundId: string | null;
    createdAt: Date;
    receivedAt: Date;
  }[];
  anomalies: {
    id: string;
    kind: string;
    providerObjectId: string | null;
    evidence: unknown;
    openedAt: Date;
    resolvedAt: Date | null;
    resolution: string | null;
  }[];
  /** What operators did, and why. */
  actions: PaymentAction[];
  /** True where a list was longer than `EVIDENCE_LIMIT`: its oldest entries are left out. */
  isCutOff: boolean;
}

export interface EvidencedPayment {
  id: string;
  merchantId: string;
  merchantName: string;
  idempotencyKey: string;
  amountMinor: number;
  currency: string;
  paymentMethod: string;
  orderReference: string | null;
  description: string | null;
  metadata: Record<string, string>;
  status: PaymentState;
  version: number;
  outcomeUnknown: boolean;
  cancelRequested: boolean;
  attempts: number;
  /** Attempts of this round. */
  tries: number;
  dispatch: number;
  providerObjectId: string | null;
  providerAccount: string | null;
  providerApiVersion: string | null;
  failureCode: string | null;
  deadLetterReason: string | null;
  /** Of the refunds that have succeeded, in minor units. */
  refundedMinor: number;
  /** Of all refunds that have not failed: no other refund can have it. */
  refundReservedMinor: number;
  nextActionAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface EvidencedAttempt {
  id: string;
  number: number;
  startedAt: Date;
  endedAt: Date | null;
  outcome: string | null;
  code: string | null;
  /** One for each call to the provider, as redacted when it was made; null while the attempt is out. */
  evidence: Evidence[] | null;
}

export interface PaymentAction {
  id: string;
  at: Date;
  actor: string;
  via: Actor["via"];
  action: string;
  /** What of the payment it was done to, where that is a refund. */
  target: string | null;
  reason: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  bulkRunId: string | null;
}

/** Of each list the newest so many. */
export const EVIDENCE_LIMIT = 500;

/** The newest rows of a list, oldest first. */
const newest = (columns: string, from: string, newestFirst: string) =>
  `(SELECT coalesce(jsonb_agg(r ORDER BY place DESC), '[]') FROM (
    SELECT ${columns}, row_number() OVER (ORDER BY ${newestFirst}) AS place FROM ${from}
    ORDER BY ${newestFirst} LIMIT $2) r)`;

const READ = `
SELECT
  jsonb_build_object('id', p.id, 'merchantId', p.merchant_id, 'merchantName', m.name, 'idempotencyKey', p.idempotency_key,
    'amountMinor', p.amount_minor, 'currency', p.currency, 'paymentMethod', p.payment_method,
    'orderReference', p.order_reference, 'description', p.description, 'metadata', p.metadata, 'status', p.status,
    'version', p.version, 'outcomeUnknown', p.outcome_unknown, 'cancelRequested', p.cancel_requested,
    'attempts', p.attempts, 'tries', p.tries, 'dispatch', p.dispatch, 'providerObjectId', p.provider_object_id,
    'providerAccount', p.provider_account, 'providerApiVersion', p.provider_api_version, 'failureCode', p.failure_code,
    'deadLetterReason', p.dead_letter_reason, 'refundedMinor', p.refunded_minor,
    'refundReservedMinor', p.refund_reserved_minor) AS payment,
  p.next_action_at AS "nextActionAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
  ${newest(`version, kind, at, code, refund_id AS "refundId"`, "timeline WHERE payment_id = p.id", "version DESC, at DESC, kind")} AS timeline,
  ${newest(
    `id, number, started_at AS "startedAt", ended_at AS "endedAt", outcome, code, evidence`,
    "attempts WHERE payment_id = p.id",
    "number DESC",
  )} AS attempts,
  ${newest(REFUNDS_OF_PAYMENT, "refunds WHERE payment_id = p.id", "id DESC")} AS refunds,
  ${newest(
    `id::text, kind, version, dispatch, tries, created_at AS "createdAt", not_before AS "notBefore",
     refund_id AS "refundId"`,
    "outbox WHERE payment_id = p.id",
    "outbox.id DESC",
  )} AS outbox,
  ${newest(
    `id, type, provider_object_id AS "providerObjectId", refund_id AS "refundId", created_at AS "createdAt",
     received_at AS "receivedAt"`,
    "provider_events WHERE payment_id = p.id",
    "received_at DESC, id DESC",
  )} AS webhooks,
  ${newest(
    `id, kind, provider_object_id AS "providerObjectId", evidence, opened_at AS "openedAt", resolved_at AS "resolvedAt",
     resolution`,
    "anomalies WHERE payment_id = p.id",
    "id DESC",
  )} AS anomalies,
  ${newest(
    `id, at, actor, via, action, target, reason, before, after, bulk_run_id AS "bulkRunId"`,
    "audit_log WHERE payment_id = p.id",
    "id DESC",
  )} AS actions
FROM payments p JOIN merchants m ON m.id = p.merchant_id WHERE p.id = $1`;

/**
 * Reads everything that is known of a payment, in one statement and so as of one moment.
 *
 * @returns null when there is no such payment
 */
export async function readPaymentEvidence(pool: pg.Pool, paymentId: string): Promise<PaymentEvidence | null> {
  const { rows } = await pool.query({ text: READ, values: [paymentId, EVIDENCE_LIMIT] });
  const [row] = rows;
  if (!row) return null;
  const { payment, nextActionAt, createdAt, updatedAt, ...lists } = row;
  const dated = withDates(lists);
  return {
    payment: { ...payment, nextActionAt, createdAt, updatedAt },
    ...dated,
    refunds: dated.refunds.map(withAttemptDates),
    isCutOff: Object.values(lists as Record<string, unknown[]>).some((list) => list.length === EVIDENCE_LIMIT),
  };
}

type Lists = Omit<PaymentEvidence, "payment" | "isCutOff">;

const TIMES = [
  "at",
  "startedAt",
  "endedAt",
  "createdAt",
  "notBefore",
  "receivedAt",
  "openedAt",
  "resolvedAt",
  "updatedAt",
  "nextActionAt",
  "lastSentAt",
];

/** Times within JSON come as text. */
function withDates(lists: Record<string, Record<string, unknown>[]>): Lists {
  const dated = Object.entries(lists).map(([name, list]) => [
    name,
    list.map(({ place: _place, ...entry }) => {
      for (const time of TIMES) if (typeof entry[time] === "string") entry[time] = new Date(entry[time]);
      return entry;
    }),
  ]);
  return Object.fromEntries(dated) as Lists;
}
