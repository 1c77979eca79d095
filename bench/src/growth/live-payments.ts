import { createHash, randomUUID } from "node:crypto";
import {
  acceptPayments,
  claimPayments,
  type Database,
  relayBatch,
  settleAttempts,
  storeProviderObject,
} from "@payonce/db";
import { newId } from "@payonce/domain";

const IDENTITY = { account: "acct_1GrowthGrowth", apiVersion: "2026-10-28.dahlia" };
/** As requests and jobs share statements under load. */
const BATCH = 20;

/** Milliseconds that each part of so many payments' lives took. */
export type LifeTimes = Record<"accept" | "relay" | "charge", number>;

/**
 * Takes payments through all their statements, without HTTP, Redis or a provider: all are accepted, then published, then
 * charged, as after a burst.
 */
export async function livePayments(db: Database, merchantId: string, count: number): Promise<LifeTimes> {
  const ids: string[] = [];
  const times: LifeTimes = { accept: 0, relay: 0, charge: 0 };
  times.accept = await timed(async () => {
    for (let i = 0; i < count; i += BATCH) ids.push(...(await accept(db, merchantId)));
  });
  times.relay = await timed(() => drain(db));
  times.charge = await timed(async () => {
    for (let i = 0; i < count; i += BATCH) await charge(db, ids.slice(i, i + BATCH));
  });
  times.relay += await timed(() => drain(db));
  return times;
}

async function accept(db: Database, merchantId: string): Promise<string[]> {
  const requests = Array.from({ length: BATCH }, () => ({
    id: newId("pay"),
    merchantId,
    idempotencyKey: randomUUID(),
    requestHash: createHash("sha256").update(randomUUID()).digest("hex"),
    amountMinor: 4200,
    currency: "eur",
    paymentMethod: "pm_card_visa",
    orderReference: randomUUID(),
    description: null,
    metadata: {},
  }));
  const results = await acceptPayments(db, requests);
  return results.flatMap((result) => (result.kind === "created" ? [result.payment.id] : []));
}

async function drain({ pool }: Database): Promise<void> {
  while ((await relayBatch(pool, 500, async () => new Set())) > 0);
}

async function charge({ pool }: Database, ids: readonly string[]): Promise<void> {
  const requests = ids.map((paymentId) => ({ attemptId: newId("att"), paymentId, forced: false }));
  const claims = await claimPayments(pool, requests, 60_000, IDENTITY);
  const stored = claims.map(async (claim) => {
    const objectId = `pi_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
    const request = { paymentId: claim.id, version: claim.version, objectId, mayHaveCharged: false };
    const version = await storeProviderObject(pool, request);
    if (typeof version !== "number") throw new Error(`cannot store the object: ${version}`);
    return settlementOf(claim.id, claim.attemptId, version, objectId);
  });
  await settleAttempts(pool, await Promise.all(stored));
}

function settlementOf(paymentId: string, attemptId: string, version: number, objectId: string) {
  const call = { at: new Date().toISOString(), httpStatus: 200, requestId: `req_${objectId.slice(3, 17)}`, objectId };
  return {
    paymentId,
    attemptId,
    version,
    outcome: "succeeded" as const,
    code: null,
    evidence: [
      { ...call, operation: "create" as const, durationMs: 212, state: "requires_confirmation" },
      { ...call, operation: "confirm" as const, durationMs: 734, state: "succeeded" },
    ],
    status: "succeeded" as const,
    outcomeUnknown: false,
    waitMs: null,
    failureCode: null,
    deadLetterReason: null,
    anomaly: null,
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
