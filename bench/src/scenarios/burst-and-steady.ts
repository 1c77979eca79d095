import { acceptedOf, sum } from "../load/load-order.ts";
import { booksOf, type Visit } from "../visit.ts";
import type { Sizes } from "./sizes.ts";

export interface Latency {
  p50Ms: number;
  p99Ms: number;
}

export interface BurstResult {
  payments: number;
  /** From the first acceptance to the last, while others are being charged. */
  acceptedPerSecond: number;
  /** From the first acceptance to the last result. */
  settledPerSecond: number;
  /** By process. */
  cpuMsPerPayment: Record<string, number>;
  postgresBytesPerPayment: number;
  redisBytesPerPayment: number;
}

/** What one round with one contestant has shown. Undefined where it does not apply: the ceiling settles nothing. */
export interface RoundResult {
  contestant: string;
  round: number;
  /** While those processes that charge stand still: what accepting alone comes to. */
  acceptedPerSecond: number;
  burst?: BurstResult;
  largeBurst?: BurstResult;
  /** From acceptance to result. */
  at50?: Latency;
  atHalf?: Latency & { perSecond: number };
  /** The most memory of each process. */
  peakBytes: Record<string, number>;
  /** Answers other than 202, requests without an answer, and those that 1,000 connections had no room for. None, it is hoped. */
  refused: number;
  /** Processes that died. There should be none. */
  deaths: string[];
}

export type Phase = <T>(title: string, work: () => Promise<T>, detail?: (result: T) => string) => Promise<T>;

/** The rate at which latency is compared: a busy shop, and far from what any contestant can do. */
const steadyPerSecond = 50;

/** @param phase shows what is going on */
export async function measureRound(visit: Visit, round: number, sizes: Sizes, phase: Phase): Promise<RoundResult> {
  const { contestant, deaths } = visit;
  const memory = visit.watchMemory();
  const result: RoundResult = {
    contestant: contestant.name,
    round,
    acceptedPerSecond: Number.NaN,
    peakBytes: {},
    refused: 0,
    deaths,
  };
  const perSecond = (rate: number) => `${Math.round(rate).toLocaleString("en")}/s`;
  const ms = ({ p50Ms, p99Ms }: Latency) => `${p50Ms.toFixed(1)} / ${p99Ms.toFixed(1)} ms`;
  try {
    await phase("warm-up", () => warmUp(visit, sizes));
    result.acceptedPerSecond = await phase("accepts alone", () => acceptAlone(visit, sizes, result), perSecond);
    if (!contestant.books) return result;
    const shown = (burst: BurstResult) => `${perSecond(burst.settledPerSecond)} settled`;
    const burst = await phase(`burst of ${sizes.burst}`, () => sendBurst(visit, sizes.burst, sizes, result), shown);
    result.burst = burst;
    if (sizes.isSteady) {
      result.at50 = await phase("50 a second", () => sendSteadily(visit, steadyPerSecond, sizes, result), ms);
      const half = Math.max(1, Math.round(burst.settledPerSecond / 2));
      const atHalf = await phase("half of its capacity", () => sendSteadily(visit, half, sizes, result), ms);
      result.atHalf = { perSecond: half, ...atHalf };
    }
    const { largeBurst } = sizes;
    if (largeBurst > 0 && round === 1)
      result.largeBurst = await phase(
        `burst of ${largeBurst}`,
        () => sendBurst(visit, largeBurst, sizes, result),
        shown,
      );
    return result;
  } finally {
    result.peakBytes = memory.stop();
  }
}

export async function warmUp(
  visit: Visit,
  { connections, warmUp }: Pick<Sizes, "connections" | "warmUp">,
): Promise<void> {
  await visit.reset();
  const report = await visit.send({ kind: "closed", connections, amount: warmUp });
  if (visit.contestant.books) await visit.untilSettled(acceptedOf(report));
}

/** @returns accepted a second while nothing is charged; what was accepted is thrown away */
export async function acceptAlone(
  visit: Visit,
  { connections, acceptSeconds }: Pick<Sizes, "connections" | "acceptSeconds">,
  result: Pick<RoundResult, "refused">,
): Promise<number> {
  await visit.reset();
  return visit.without("workers", async () => {
    const report = await visit.send({ kind: "closed", connections, seconds: acceptSeconds });
    count(result, report);
    // Before the others go on: they have nothing to do then.
    await visit.reset();
    return (acceptedOf(report) / report.durationMs) * 1_000;
  });
}

async function sendBurst(
  visit: Visit,
  amount: number,
  { connections }: Sizes,
  result: RoundResult,
): Promise<BurstResult> {
  await visit.reset();
  const before = { cpuMs: visit.cpuMs(), stored: await visit.storedBytes() };
  const report = await visit.send({ kind: "closed", connections, amount });
  count(result, report);
  const payments = acceptedOf(report);
  await visit.untilSettled(payments);
  const after = { cpuMs: visit.cpuMs(), stored: await visit.storedBytes() };
  const charges = await visit.provider.countCharges();
  if (charges !== payments) throw new Error(`${visit.contestant.name}: ${payments} payments, but ${charges} charges`);
  const { rows } = await visit.pool.query<{ acceptSeconds: number; settleSeconds: number }>(
    `SELECT extract(epoch FROM max(accepted_at) - min(accepted_at))::float8 AS "acceptSeconds",
       extract(epoch FROM max(settled_at) - min(accepted_at))::float8 AS "settleSeconds"
     FROM (${booksOf(visit.contestant).settled}) s`,
  );
  const { acceptSeconds = Number.NaN, settleSeconds = Number.NaN } = rows[0] ?? {};
  return {
    payments,
    acceptedPerSecond: payments / acceptSeconds,
    settledPerSecond: payments / settleSeconds,
    cpuMsPerPayment: Object.fromEntries(
      Object.entries(after.cpuMs).map(([name, ms]) => [name, (ms - (before.cpuMs[name] ?? 0)) / payments]),
    ),
    postgresBytesPerPayment: (after.stored.postgres - before.stored.postgres) / payments,
    redisBytesPerPayment: (after.stored.redis - before.stored.redis) / payments,
  };
}

async function sendSteadily(
  visit: Visit,
  ratePerSecond: number,
  { steadySeconds }: Sizes,
  result: RoundResult,
): Promise<Latency> {
  await visit.reset();
  const report = await visit.send({
    kind: "paced",
    ratePerSecond,
    seconds: steadySeconds,
    maxConnections: 1_000,
  });
  count(result, report);
  await visit.untilSettled(acceptedOf(report));
  const { rows } = await visit.pool.query<Latency>(
    `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms)::float8 AS "p50Ms",
       percentile_disc(0.99) WITHIN GROUP (ORDER BY ms)::float8 AS "p99Ms"
     FROM (SELECT extract(epoch FROM settled_at - accepted_at) * 1000 AS ms FROM (${booksOf(visit.contestant).settled}) s) l`,
  );
  return rows[0] ?? { p50Ms: Number.NaN, p99Ms: Number.NaN };
}

function count(
  result: Pick<RoundResult, "refused">,
  { answers, errors, unsent }: Awaited<ReturnType<Visit["send"]>>,
): void {
  const others = Object.entries(answers).filter(([status]) => status !== "202");
  result.refused += sum(errors) + unsent + sum(Object.fromEntries(others));
}
