import { expect, test } from "@jest/globals";
import { drawPlot } from "./plot.ts";
import type { Summary } from "./summary.ts";

function summary(contestant: string, rate: number, p99Ms?: number): Summary {
  const burst = { acceptedPerSecond: rate, settledPerSecond: rate, payments: 1, cpuMsPerPayment: {} };
  return {
    contestant,
    rounds: 1,
    acceptedPerSecond: rate,
    burst: p99Ms === undefined ? undefined : { ...burst, postgresBytesPerPayment: 0, redisBytesPerPayment: 0 },
    largeBurst: undefined,
    at50: p99Ms === undefined ? undefined : { p50Ms: 1, p99Ms },
    atHalf: undefined,
    peakBytes: {},
    refused: 0,
    deaths: 0,
  };
}

const barWidths = (svg: string) => [...svg.matchAll(/<rect x="150" y="\d+" width="(\d+)"/g)].map(([, w]) => Number(w));

test("draws a bar as long as its figure, and leaves out who has none", () => {
  const svg = drawPlot([summary("ceiling", 2_000), summary("payonce", 1_000)], "");
  const [ceiling = 0, payonce = 0, ...more] = barWidths(svg);
  expect(ceiling).toBeGreaterThan(100);
  expect(payonce).toBe(ceiling / 2);
  expect(more).toEqual([]);
  expect(svg).toContain("2,000");
});

test("has a panel for what is settled, and one for latency with a line to p99", () => {
  const svg = drawPlot([summary("pg-boss", 100, 500), summary("payonce", 200, 10)], "");
  expect(barWidths(svg)).toHaveLength(6);
  expect(svg).toContain("1.0 / 500.0");
  expect(svg.match(/<path /g)).toHaveLength(2);
});

test("writes a note as text, whatever is in it", () => {
  expect(drawPlot([summary("payonce", 1)], '5 < 6 & "so"')).toContain("5 &#60; 6 &#38; &#34;so&#34;");
});
