import type { Claim, SettleRequest } from "@payonce/db";
import { type Evidence, newId, nextStep, retryWaitMs, type Step, settlementOf, type Verdict } from "@payonce/domain";
import { crashPoint } from "@payonce/service";
import { keepTrying } from "./keep-trying.ts";
import type { PaymentWrites } from "./payment-writes.ts";
import type { Provider } from "./providers/provider.ts";

export interface ChargeOptions {
  writes: PaymentWrites;
  provider: Provider;
  /** Which account our key is for. */
  account: string;
  /** How long a claim holds; see `leaseMsFor`. */
  leaseMs: number;
  retryWaitsMs: readonly number[];
  random: () => number;
}

/** `lost` when the payment had moved on without us. What we learned is recorded, and the payment is looked at again. */
export type ChargeResult = { status: SettleRequest["status"]; code: string | null; waitMs: number | null } | "lost";

/** The most provider calls one attempt makes: find, create or retrieve, confirm, cancel. */
const MAX_CALLS = 4;

/** A lease that covers every call of an attempt with one deadline to spare. */
export function leaseMsFor(callTimeoutMs: number): number {
  return (MAX_CALLS + 1) * callTimeoutMs + 1_000;
}

/**
 * One attempt at a claimed payment, from the claim to the settle: ask for the next right step, take it, ask again. The
 * claim has announced the attempt, so whatever is sent from here on has a row that says so. No provider call is made
 * inside a transaction, and none whose deadline the lease does not cover.
 *
 * @param claimedAt as of `ClaimHeld`: the waits for calls and for shared statements count against the lease
 * @throws when Postgres stays away too long to settle: the lease then runs out, and the provider is asked what happened
 */
export async function chargePayment(options: ChargeOptions, claim: Claim, claimedAt: number): Promise<ChargeResult> {
  const { writes, provider, leaseMs } = options;
  const evidence: Evidence[] = [];
  const payment = { ...claim };
  // At another account neither the object nor its keys exist: whatever was sent there could charge a second time.
  let step: Step =
    claim.providerAccount === options.account ? nextStep(payment) : refuse(payment, "provider_account_differs");
  while (step.do !== "settle") {
    if (step.do === "store") {
      const { objectId, mayHaveCharged } = step;
      const stored = { paymentId: claim.id, version: payment.version, objectId, mayHaveCharged };
      crashPoint("store.before");
      const version = await writes.store(stored);
      crashPoint("store.after");
      // Lost: another charger has the payment, and what it stored is what may be confirmed.
      if (version === "lost") step = refuse(payment, "claim_lost");
      // One object is one charge: two payments that share it cannot both be paid by it.
      else if (version === "taken") step = refuse(payment, "provider_object_taken", true);
      else {
        payment.version = version;
        payment.providerObjectId = objectId;
        payment.outcomeUnknown ||= mayHaveCharged;
        step = nextStep(payment);
      }
      continue;
    }
    const leaseLeftMs = claimedAt + leaseMs - performance.now();
    if (leaseLeftMs < provider.callTimeoutMs) step = refuse(payment, "lease_too_short");
    else {
      crashPoint(`call-${step.do}.before`);
      const answer = await callProvider(provider, payment, step);
      crashPoint(`call-${step.do}.after`);
      evidence.push(answer.evidence);
      step = nextStep(payment, { step, answer });
    }
  }
  return settle(options, payment, step.verdict, evidence);
}

/** Ends an attempt that sent nothing: what was unknown before it still is. */
function refuse({ outcomeUnknown }: Claim, code: string, mismatch = false): Step & { do: "settle" } {
  const outcome = outcomeUnknown ? "unknown" : "not_executed";
  return { do: "settle", verdict: { outcome, code, ...(mismatch && { mismatch }) } };
}

function callProvider(provider: Provider, claim: Claim, step: Exclude<Step, { do: "settle" | "store" }>) {
  const apiVersion = claim.providerApiVersion;
  switch (step.do) {
    case "create":
      return provider.create(claim, apiVersion, createKey(claim));
    case "find":
      return provider.find(claim, apiVersion);
    case "retrieve":
      return provider.retrieve({ id: step.objectId, apiVersion });
    // Keys of the attempt, not of the payment: a provider replays the stored first answer of a key, a 500 too, and the
    // object takes money once under whatever key.
    case "confirm":
      return provider.confirm({ id: step.objectId, apiVersion }, `${claim.attemptId}-confirm`);
    case "cancel":
      return provider.cancel({ id: step.objectId, apiVersion }, `${claim.attemptId}-cancel`);
  }
}

/**
 * The first tries share a key, so that an object whose answer was lost is found again. A provider also replays a stored
 * error under its key, for a day; so later tries use keys of their own. That can leave an object that nobody confirms.
 */
function createKey({ id, tries }: Claim): string {
  return tries <= 3 ? `${id}-create` : `${id}-create-${tries}`;
}

async function settle(
  { writes, retryWaitsMs, random }: ChargeOptions,
  claim: Claim,
  verdict: Verdict,
  evidence: Evidence[],
): Promise<ChargeResult> {
  const settlement = settlementOf(verdict, retryWaitMs(Math.max(claim.tries, 1), retryWaitsMs, random));
  const code = verdict.outcome === "succeeded" ? null : verdict.code;
  const request: SettleRequest = {
    ...settlement,
    attemptId: claim.attemptId,
    paymentId: claim.id,
    version: claim.version,
    outcome: verdict.outcome,
    code,
    evidence,
    anomaly:
      verdict.outcome !== "succeeded" && verdict.mismatch
        ? {
            id: newId("ano"),
            kind: "provider_mismatch",
            providerObjectId: evidence.at(-1)?.objectId ?? claim.providerObjectId,
          }
        : null,
  };
  // The provider has answered: what it said is worth more than the moment. Settling twice is harmless, by the version.
  crashPoint("settle.before");
  const version = await keepTrying(() => writes.settle(request));
  crashPoint("settle.after");
  if (version === null) return "lost";
  return { status: settlement.status, code, waitMs: settlement.waitMs };
}
