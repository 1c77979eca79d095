import { expect, test } from "@jest/globals";
import { makePlan } from "./plan.ts";

const options = { seed: 7, checkouts: 300, spanMs: 27_000, crashes: 4 };

test("plans the same customers, clicks and crashes for the same seed, and others for another", () => {
  expect(makePlan(options)).toEqual(makePlan(options));
  expect(makePlan({ ...options, seed: 8 }).checkouts).not.toEqual(makePlan(options).checkouts);
});

test("has as many double clicks, late answers and lost requests as it says, whatever the seed", () => {
  for (const seed of [0, 1, 7, 2 ** 32 - 1]) {
    const { checkouts } = makePlan({ ...options, seed });
    const count = (is: (checkout: (typeof checkouts)[number]) => boolean) => checkouts.filter(is).length;
    expect(count(({ secondClickMs }) => secondClickMs !== null)).toBe(30);
    expect(count(({ weather }) => weather === "late_answer")).toBe(24);
    expect(count(({ weather }) => weather === "lost_request")).toBe(12);
    expect(count(({ leaves }) => leaves)).toBe(75);
  }
});

test("lets customers come in order within the span, each with an order of its own, and spreads the crashes", () => {
  const { checkouts, crashesMs } = makePlan(options);
  const starts = checkouts.map(({ startMs }) => startMs);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
  expect(Math.max(...starts)).toBeLessThanOrEqual(options.spanMs);
  expect(new Set(checkouts.map(({ order }) => order)).size).toBe(300);
  expect(crashesMs.map((crashMs) => Math.floor(crashMs / (options.spanMs / 4)))).toEqual([0, 1, 2, 3]);
});
