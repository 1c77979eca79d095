import { expect, test } from "@jest/globals";
import type { RoundResult } from "../scenarios/burst-and-steady.ts";
import { compare, summarize } from "./summary.ts";

function round(contestant: string, number: number, rate: number, p99Ms = rate): RoundResult {
  return {
    contestant,
    round: number,
    acceptedPerSecond: rate,
    burst: {
      payments: 10,
      acceptedPerSecond: rate,
      settledPerSecond: rate / 2,
      cpuMsPerPayment: { api: rate, worker: 1 },
      postgresBytesPerPayment: 100,
      redisBytesPerPayment: 10,
    },
    at50: { p50Ms: rate, p99Ms },
    peakBytes: { api: rate },
    refused: 1,
    deaths: [],
  };
}

test("a contestant's figures are the medians of its rounds, by process as well", () => {
  const [summary] = summarize([round("payonce", 1, 10), round("payonce", 2, 1_000), round("payonce", 3, 20)]);
  expect(summary).toMatchObject({
    contestant: "payonce",
    rounds: 3,
    acceptedPerSecond: 20,
    burst: { settledPerSecond: 10, cpuMsPerPayment: { api: 20, worker: 1 } },
    largeBurst: undefined,
    peakBytes: { api: 20 },
    refused: 3,
  });
});

test("a ratio is that of one round: a slow hour is slow for both", () => {
  const results = [
    ...[round("ceiling", 1, 100), round("payonce", 1, 90)],
    ...[round("ceiling", 2, 10), round("payonce", 2, 8)],
    ...[round("ceiling", 3, 1_000), round("payonce", 3, 800)],
  ];
  expect(compare(results).acceptedToCeiling).toBe(0.8);
});

test("the best peer is the quickest of those that people would use, for each figure anew", () => {
  const results = [
    round("naive", 1, 5_000, 1),
    round("pg-boss", 1, 400, 2),
    round("graphile-worker", 1, 200, 800),
    round("payonce", 1, 800, 4),
  ];
  expect(compare(results)).toEqual({
    acceptedToCeiling: Number.NaN,
    settledToBestPeer: 2,
    p50ToBestPeer: 4,
    p99ToBestPeer: 2,
  });
});
