import { createHash, randomUUID } from "node:crypto";
import { newId } from "@payonce/domain";
import { type AcceptRequest, acceptPayments } from "./accept.ts";
import { type Claim, claimPayments } from "./claim.ts";
import type { Database } from "./connect.ts";
import type { Actor } from "./operations/audit.ts";
import type { SettleRequest } from "./settle.ts";

/** A merchant to own a test's payments. */
export async function insertMerchant({ pool }: Database): Promise<string> {
  const id = newId("mer");
  await pool.query("INSERT INTO merchants (id, name) VALUES ($1, 'Test')", [id]);
  return id;
}

/** A valid request; override what the test is about. */
export function acceptRequest(merchantId: string, overrides: Partial<AcceptRequest> = {}): AcceptRequest {
  return {
    id: newId("pay"),
    merchantId,
    idempotencyKey: randomUUID(),
    requestHash: createHash("sha256")
      .update(overrides.idempotencyKey ?? randomUUID())
      .digest("hex"),
    amountMinor: 4200,
    currency: "eur",
    paymentMethod: "pm_card_visa",
    orderReference: null,
    description: null,
    metadata: {},
    ...overrides,
  };
}

export async function acceptOne(
  db: Database,
  merchantId: string,
  overrides: Partial<AcceptRequest> = {},
): Promise<string> {
  const [result] = await acceptPayments(db, [acceptRequest(merchantId, overrides)]);
  if (result?.kind !== "created") throw new Error(`expected a new payment, got ${result?.kind}`);
  return result.payment.id;
}

/** Somebody at the command line. */
export const TEST_ACTOR: Actor = { operatorId: null, name: "cli:test", via: "cli" };

/** A payment that waits for a person; it has an object at the provider. */
export async function deadLetterOne(
  db: Database,
  merchantId: string,
  { outcomeUnknown = false, hasObject = true, reason = "attempts_spent" } = {},
): Promise<string> {
  const id = await acceptOne(db, merchantId);
  await db.pool.query(
    `UPDATE payments SET status = 'dead_lettered', dead_letter_reason = $4, next_action_at = NULL, tries = 8,
       outcome_unknown = $2, provider_object_id = $3 WHERE id = $1`,
    [id, outcomeUnknown, hasObject ? `pi_${id}` : null, reason],
  );
  return id;
}

export const TEST_IDENTITY = { account: "acct_test", apiVersion: "2026-01-01" };

/** @returns undefined when the payment could not be claimed */
export async function claimOne(
  db: Database,
  paymentId: string,
  leaseMs = 60_000,
  forced = false,
): Promise<Claim | undefined> {
  const [claim] = await claimPayments(
    db.pool,
    [{ attemptId: newId("att"), paymentId, forced }],
    leaseMs,
    TEST_IDENTITY,
  );
  return claim;
}

/** A settle request for a claim; by default the payment waits for its next try. */
export function settleRequest(claim: Claim, overrides: Partial<SettleRequest> = {}): SettleRequest {
  return {
    attemptId: claim.attemptId,
    paymentId: claim.id,
    version: claim.version,
    outcome: "not_executed",
    code: "test",
    evidence: [],
    status: "retry_wait",
    outcomeUnknown: false,
    waitMs: 0,
    failureCode: "test",
    deadLetterReason: null,
    anomaly: null,
    ...overrides,
  };
}

/** Brings the end of a lease or a wait about without waiting for it. */
export async function makeDue({ pool }: Database, paymentId: string): Promise<void> {
  await pool.query("UPDATE payments SET next_action_at = now() - interval '1 hour' WHERE id = $1", [paymentId]);
}
