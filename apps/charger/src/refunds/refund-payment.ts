import { announceRefund, type RefundClaim, type SettleRefundRequest, settleRefund } from "@payonce/db";
import {
  lookWaitMs,
  newId,
  nextRefundStep,
  type RefundEvidence,
  type RefundStep,
  type RefundVerdict,
  refundSettlementOf,
  retryWaitMs,
} from "@payonce/domain";
import { crashPoint } from "@payonce/service";
import type pg from "pg";
import { keepTrying } from "../keep-trying.ts";
import type { RefundProvider } from "../providers/refund-provider.ts";

export interface RefundOptions {
  pool: pg.Pool;
  provider: RefundProvider;
  /** Which account our key is for. */
  account: string;
  /** How long a claim holds; as for charges. */
  leaseMs: number;
  retryWaitsMs: readonly number[];
  /** Between looks at a refund that the provider has not finished. */
  lookWaitsMs: readonly number[];
  random: () => number;
}

/** `lost` when the refund had moved on without us. What we learned is recorded, and the refund is looked at again. */
export type RefundResult =
  | { status: SettleRefundRequest["status"]; code: string | null; waitMs: number | null }
  | "lost";

/** Until when calls may begin, so that each ends within the claim. */
export interface SendWindow {
  isOver(): boolean;
}

/**
 * One attempt at a claimed refund, from the claim to the settle: ask for the next right step, take it, ask again. The
 * request that moves the money is announced in Postgres right before it leaves, by a compare-and-set: so a charger that was
 * stopped past its lease sends nothing when it wakes up, and what is announced counts as sent whatever becomes of it.
 *
 * @param window over when the lease does not cover another call
 * @throws when Postgres stays away too long to settle: the lease then runs out, and the provider's list is read
 */
export async function refundPayment(
  options: RefundOptions,
  claim: RefundClaim,
  window: SendWindow,
): Promise<RefundResult> {
  const { provider } = options;
  const evidence: RefundEvidence[] = [];
  let wasSent = false;
  const refuse = (code: string): RefundStep & { do: "settle" } => {
    // Nothing new is known: what was open before is, and what this attempt has sent.
    const outcome = claim.outcomeUnknown || wasSent ? "unknown" : "not_executed";
    return { do: "settle", verdict: { outcome, code } };
  };
  // At another account neither the charge nor the keys exist.
  let step: RefundStep =
    claim.providerAccount === options.account ? nextRefundStep(claim) : refuse("provider_account_differs");
  while (step.do !== "settle") {
    if (window.isOver()) {
      step = refuse("lease_too_short");
      continue;
    }
    if (step.do === "look") {
      crashPoint("refund-look.before");
      const answer = await provider.listRefunds({ id: claim.providerObjectId, apiVersion: claim.providerApiVersion });
      evidence.push(answer.evidence);
      step = nextRefundStep(claim, { step, answer });
      continue;
    }
    crashPoint("announce.before");
    const key = await announce(options, claim, step.key === "new");
    crashPoint("announce.after");
    if (key === null) {
      step = refuse("claim_lost");
      continue;
    }
    wasSent = true;
    const answer = await provider.refund({ ...claim, apiVersion: claim.providerApiVersion }, key, () =>
      window.isOver(),
    );
    crashPoint("refund-send.after");
    evidence.push(answer.evidence);
    step = nextRefundStep(claim, { step, answer });
  }
  return settle(options, claim, step.verdict, evidence);
}

function announce({ pool, provider }: RefundOptions, { id, attemptId, version }: RefundClaim, isNewKey: boolean) {
  const { callTimeoutMs } = provider;
  return announceRefund(pool, { refundId: id, attemptId, version, isNewKey, callTimeoutMs });
}

async function settle(
  { pool, retryWaitsMs, lookWaitsMs, random }: RefundOptions,
  claim: RefundClaim,
  verdict: RefundVerdict,
  evidence: RefundEvidence[],
): Promise<RefundResult> {
  const waitMs = retryWaitMs(Math.max(claim.tries, 1), retryWaitsMs, random);
  const settlement = refundSettlementOf(verdict, waitMs, lookWaitMs(0, lookWaitsMs, random));
  const code = verdict.outcome === "shown" ? settlement.failureCode : verdict.code;
  const seen = "refund" in verdict ? verdict.refund : undefined;
  const anomaly = "anomaly" in verdict ? verdict.anomaly : undefined;
  const request: SettleRefundRequest = {
    ...settlement,
    attemptId: claim.attemptId,
    refundId: claim.id,
    version: claim.version,
    outcome: verdict.outcome === "shown" ? verdict.state : verdict.outcome === "refused" ? "failed" : verdict.outcome,
    code,
    providerRefundId: seen?.id ?? null,
    isKeySpent: verdict.outcome === "unknown" && verdict.isKeySpent === true,
    evidence,
    anomaly: anomaly ? { id: newId("ano"), kind: anomaly, providerObjectId: seen?.id ?? claim.providerObjectId } : null,
  };
  // The provider has answered: what it said is worth more than the moment. Settling twice is harmless, by the version.
  crashPoint("refund-settle.before");
  const version = await keepTrying(() => settleRefund(pool, request));
  crashPoint("refund-settle.after");
  return version === null ? "lost" : { status: settlement.status, code, waitMs: settlement.waitMs };
}
