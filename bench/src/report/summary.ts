import { PEERS } from "../contestants/contestant.ts";
import { median } from "../measure/statistics.ts";
import type { BurstResult, Latency, RoundResult } from "../scenarios/burst-and-steady.ts";

/** Medians of a contestant's rounds. NaN and empty where nothing was measured. */
export interface Summary {
  contestant: string;
  rounds: number;
  acceptedPerSecond: number;
  burst: BurstResult | undefined;
  largeBurst: BurstResult | undefined;
  at50: Latency | undefined;
  atHalf: (Latency & { perSecond: number }) | undefined;
  peakBytes: Record<string, number>;
  refused: number;
  deaths: number;
}

/** What is asked of Payonce: each a ratio of rounds of one run, as median. NaN where one side was not measured. */
export interface Ratios {
  acceptedToCeiling: number;
  settledToBestPeer: number;
  p50ToBestPeer: number;
  p99ToBestPeer: number;
}

export function summarize(results: readonly RoundResult[]): Summary[] {
  const names = [...new Set(results.map(({ contestant }) => contestant))];
  return names.map((contestant) => {
    const rounds = results.filter((result) => result.contestant === contestant);
    return {
      contestant,
      rounds: rounds.length,
      acceptedPerSecond: median(rounds.map((round) => round.acceptedPerSecond)),
      burst: medianOf(rounds.map(({ burst }) => burst)),
      largeBurst: medianOf(rounds.map(({ largeBurst }) => largeBurst)),
      at50: medianOf(rounds.map(({ at50 }) => at50)),
      atHalf: medianOf(rounds.map(({ atHalf }) => atHalf)),
      peakBytes: medianOf(rounds.map(({ peakBytes }) => peakBytes)) ?? {},
      refused: rounds.reduce((sum, { refused }) => sum + refused, 0),
      deaths: rounds.reduce((sum, { deaths }) => sum + deaths.length, 0),
    };
  });
}

/** Payonce's figures over those of the same round: a machine that was slow for a while was so for both. */
export function compare(results: readonly RoundResult[]): Ratios {
  const rounds = [...new Set(results.map(({ round }) => round))];
  const overRounds = (read: (of: (name: string) => RoundResult | undefined) => number) =>
    median(
      rounds
        .map((round) => read((name) => results.find((one) => one.round === round && one.contestant === name)))
        .filter((ratio) => !Number.isNaN(ratio)),
    );
  const best = (of: (name: string) => RoundResult | undefined, read: (one: RoundResult) => number | undefined) =>
    PEERS.map((name) => of(name))
      .map((one) => one && read(one))
      .filter((value) => value !== undefined);
  const ours = (value: number | undefined) => value ?? Number.NaN;
  return {
    acceptedToCeiling: overRounds(
      (of) => ours(of("payonce")?.acceptedPerSecond) / ours(of("ceiling")?.acceptedPerSecond),
    ),
    settledToBestPeer: overRounds(
      (of) => ours(of("payonce")?.burst?.settledPerSecond) / most(best(of, ({ burst }) => burst?.settledPerSecond)),
    ),
    p50ToBestPeer: overRounds((of) => ours(of("payonce")?.at50?.p50Ms) / least(best(of, ({ at50 }) => at50?.p50Ms))),
    p99ToBestPeer: overRounds((of) => ours(of("payonce")?.at50?.p99Ms) / least(best(of, ({ at50 }) => at50?.p99Ms))),
  };
}

const most = (values: number[]) => (values.length === 0 ? Number.NaN : Math.max(...values));
const least = (values: number[]) => (values.length === 0 ? Number.NaN : Math.min(...values));

/** Field by field, also within records. Undefined where no round has it. */
function medianOf<Shape extends object>(all: readonly (Shape | undefined)[]): Shape | undefined {
  const some = all.filter((one) => one !== undefined);
  const [first] = some;
  if (!first) return undefined;
  const fields = Object.keys(first).map((name) => {
    const values = some.map((one) => (one as Record<string, unknown>)[name]);
    return [name, typeof values[0] === "object" ? medianOf(values as object[]) : median(values as number[])];
  });
  return Object.fromEntries(fields) as Shape;
}
