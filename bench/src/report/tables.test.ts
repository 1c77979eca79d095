import { expect, test } from "@jest/globals";
import type { Summary } from "./summary.ts";
import { fixed, mainTable, printTable, processTable, ratioTable, toMarkdown } from "./tables.ts";

const ceiling: Summary = {
  contestant: "ceiling",
  rounds: 1,
  acceptedPerSecond: 2_420.4,
  burst: undefined,
  largeBurst: undefined,
  at50: undefined,
  atHalf: undefined,
  peakBytes: { api: 90_000_000 },
  refused: 0,
  deaths: 0,
};
const payonce: Summary = {
  ...ceiling,
  contestant: "payonce",
  acceptedPerSecond: 2_000,
  burst: {
    payments: 5_000,
    acceptedPerSecond: 900,
    settledPerSecond: 800,
    cpuMsPerPayment: { api: 0.5, charger: 0.25 },
    postgresBytesPerPayment: 1_500,
    redisBytesPerPayment: 300,
  },
  at50: { p50Ms: 7.25, p99Ms: 120.4 },
  peakBytes: { api: 90_000_000, charger: 60_000_000 },
};

test("shows a contestant in a row, and a dash for what was not measured", () => {
  const [, first, second] = mainTable([ceiling, payonce]);
  expect(first).toEqual(["ceiling", "2,420", "–", "–", "–", "–", "–", "90", "–", "–"]);
  expect(second).toEqual(["payonce", "2,000", "900", "800", "7.3 / 120 ms", "–", "0.75", "150", "1,500", "300"]);
});

test("has a column for the large burst only where there was one", () => {
  expect(mainTable([payonce])[0]).not.toContain("of 50,000");
  const withLarge = mainTable([{ ...payonce, largeBurst: payonce.burst }]);
  expect(withLarge[0]?.[4]).toBe("of 50,000");
  expect(withLarge[1]?.[4]).toBe("800");
});

test("shows what each process used", () => {
  const table = processTable(
    [ceiling, payonce],
    ({ burst }) => burst?.cpuMsPerPayment,
    (ms) => fixed(ms, 2),
  );
  expect(table).toEqual([
    ["", "api", "charger"],
    ["payonce", "0.50", "0.25"],
  ]);
});

test("says what was wanted beside each ratio", () => {
  const table = ratioTable({
    acceptedToCeiling: 0.81,
    settledToBestPeer: Number.NaN,
    p50ToBestPeer: 1,
    p99ToBestPeer: 2,
  });
  expect(table[1]).toEqual(["accepted ÷ ceiling", "0.81", "≥ 0.80"]);
  expect(table[2]).toEqual(["settled ÷ best peer", "–", "≥ 2.0"]);
});

test("prints columns of one width, and Markdown", () => {
  const table = [
    ["", "a"],
    ["name", "1,000"],
  ];
  expect(printTable(table).split("\n")).toEqual(["             a", "  ────────────", "  name   1,000"]);
  expect(toMarkdown(table)).toBe("|  | a |\n| --- | ---: |\n| name | 1,000 |");
});
