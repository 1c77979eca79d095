import { createHash, randomUUID } from "node:crypto";
import { newId } from "@payonce/domain";
import type { AcceptRequest } from "./accept.ts";
import type { Database } from "./connect.ts";
import { acceptRefund, type RefundRequest } from "./refunds/accept-refund.ts";
import { claimRefund, type RefundClaim } from "./refunds/claim-refund.ts";
import type { SettleRefundRequest } from "./refunds/settle-refund.ts";
import { acceptOne, TEST_IDENTITY } from "./testing-payments.ts";

/** A payment of 42.00 € that has been charged. */
export async function succeedOne(
  db: Database,
  merchantId: string,
  overrides: Partial<AcceptRequest> = {},
): Promise<string> {
  const id = await acceptOne(db, merchantId, overrides);
  await db.pool.query(
    `UPDATE payments SET status = 'succeeded', version = version + 1, next_action_at = NULL, provider_object_id = 'pi_' || id,
       provider_account = $2, provider_api_version = $3 WHERE id = $1`,
    [id, TEST_IDENTITY.account, TEST_IDENTITY.apiVersion],
  );
  return id;
}

/** A valid request over 10.00; override what the test is about. */
export function refundRequest(
  merchantId: string,
  paymentId: string,
  overrides: Partial<RefundRequest> = {},
): RefundRequest {
  const idempotencyKey = overrides.idempotencyKey ?? randomUUID();
  return {
    id: newId("ref"),
    paymentId,
    merchantId,
    idempotencyKey,
    requestHash: createHash("sha256").update(idempotencyKey).digest("hex"),
    amountMinor: 1000,
    reason: null,
    metadata: {},
    ...overrides,
  };
}

/** @returns the id of a refund over 10.00, of a payment of its own unless one is named */
export async function refundOne(
  db: Database,
  merchantId: string,
  { paymentId, ...overrides }: Partial<RefundRequest> = {},
): Promise<string> {
  const request = refundRequest(merchantId, paymentId ?? (await succeedOne(db, merchantId)), overrides);
  const result = await acceptRefund(db, request);
  if (result.kind !== "created") throw new Error(`expected a new refund, got ${result.kind}`);
  return result.refund.id;
}

/** @returns null when the refund could not be claimed */
export function claimOneRefund(
  { pool }: Database,
  refundId: string,
  { leaseMs = 60_000, quietMs = 60_000, forced = false } = {},
): Promise<RefundClaim | null> {
  return claimRefund(pool, { attemptId: newId("att"), refundId, forced }, { leaseMs, quietMs });
}

export async function claimedRefund(...args: Parameters<typeof claimOneRefund>): Promise<RefundClaim> {
  const claim = await claimOneRefund(...args);
  if (!claim) throw new Error("expected to win the claim");
  return claim;
}

/** A settle request for a claim; by default the refund waits for its next try. */
export function refundSettle(claim: RefundClaim, overrides: Partial<SettleRefundRequest> = {}): SettleRefundRequest {
  return {
    attemptId: claim.attemptId,
    refundId: claim.id,
    version: claim.version,
    outcome: "not_executed",
    code: "test",
    evidence: [],
    status: "retry_wait",
    outcomeUnknown: false,
    waitMs: 0,
    failureCode: "test",
    deadLetterReason: null,
    providerRefundId: null,
    isKeySpent: false,
    anomaly: null,
    ...overrides,
  };
}

/** Brings the end of a lease or a wait about without waiting for it. */
export async function makeRefundDue({ pool }: Database, refundId: string): Promise<void> {
  await pool.query("UPDATE refunds SET next_action_at = now() - interval '1 hour' WHERE id = $1", [refundId]);
}

/** A refund that waits for a person. */
export async function deadLetterOneRefund(
  db: Database,
  merchantId: string,
  { outcomeUnknown = false, paymentId = undefined as string | undefined } = {},
): Promise<string> {
  const id = await refundOne(db, merchantId, paymentId === undefined ? {} : { paymentId });
  await db.pool.query(
    `UPDATE refunds SET status = 'dead_lettered', dead_letter_reason = 'attempts_spent', next_action_at = NULL, tries = 8,
       outcome_unknown = $2, key_sent_at = now(), last_sent_at = now() WHERE id = $1`,
    [id, outcomeUnknown],
  );
  return id;
}
