import {
  type Claim,
  type ClaimRequest,
  claimPayments,
  createSharedStatement,
  type ProviderIdentity,
  type SettleRequest,
  type SharedStatement,
  type StoreRequest,
  type StoreResult,
  settleAttempts,
  storeProviderObjects,
} from "@payonce/db";
import type pg from "pg";

/** What a charger writes about payments; jobs at the same time share statements and commits. */
export interface PaymentWrites {
  /** @returns null when the payment is not due, leased, paused or settled */
  claim(request: ClaimRequest, identity: ProviderIdentity): Promise<ClaimHeld | null>;
  store(request: StoreRequest): Promise<StoreResult>;
  /** @returns the payment's new version; null when the claim was lost, and the evidence alone was kept */
  settle(request: SettleRequest): Promise<number | null>;
}

export interface ClaimHeld {
  claim: Claim;
  /**
   * `performance.now()` from before the claim was sent: the lease ends no earlier than we think, and waiting for one's turn
   * takes nothing from it.
   */
  claimedAt: number;
}

/** As many jobs wait as are worked on, and none of them may be turned away. */
const LIMITS = { maxBatch: 250, maxWaiting: Number.POSITIVE_INFINITY };

/**
 * Each promise resolves once its own row is committed, so an attempt is announced before its call leaves, as if it had been
 * written alone. One connection for each of claim, store and settle is enough.
 *
 * @param leaseMs how long a claim holds
 */
export function createPaymentWrites(pool: pg.Pool, leaseMs: number): PaymentWrites {
  // A statement has one account. A process has one as well, so that this holds one entry.
  const claims = new Map<string, SharedStatement<ClaimRequest, ClaimHeld | null>>();
  const claimsAt = (identity: ProviderIdentity) => {
    const key = JSON.stringify(identity);
    const known = claims.get(key) ?? shareClaims(pool, leaseMs, identity);
    claims.set(key, known);
    return known;
  };
  const stores = createSharedStatement(
    (requests: readonly StoreRequest[]) => storeProviderObjects(pool, requests),
    LIMITS,
  );
  const settles = createSharedStatement(async (requests: readonly SettleRequest[]) => {
    const versions = await settleAttempts(pool, requests);
    return requests.map(({ attemptId }) => versions.get(attemptId) ?? null);
  }, LIMITS);
  return {
    claim: (request, identity) => claimsAt(identity).submit(request),
    store: stores.submit,
    settle: settles.submit,
  };
}

function shareClaims(pool: pg.Pool, leaseMs: number, identity: ProviderIdentity) {
  return createSharedStatement(async (requests: readonly ClaimRequest[]) => {
    const claimedAt = performance.now();
    const claims = await claimPayments(pool, requests, leaseMs, identity);
    const held = new Map(claims.map((claim) => [claim.attemptId, { claim, claimedAt }]));
    return requests.map(({ attemptId }) => held.get(attemptId) ?? null);
  }, LIMITS);
}
