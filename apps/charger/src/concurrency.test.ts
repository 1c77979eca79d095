import { beforeEach, describe, expect, test } from "@jest/globals";
import { createConcurrency } from "./concurrency.ts";

let nowMs: number;
let limits: number[];
let concurrency: ReturnType<typeof createConcurrency>;
beforeEach(() => {
  nowMs = 0;
  limits = [];
  concurrency = createConcurrency({ max: 10, now: () => nowMs, onChange: (limit) => limits.push(limit) });
});
const LIMITED = "provider_rate_limited";
const note = (code: string | null, times = 1) => {
  for (let i = 0; i < times; i++) concurrency.note(code);
};

describe("the number of jobs at once", () => {
  test("stays what it may be at most while the provider turns nothing away, whatever else it says", () => {
    for (const code of [null, "card_declined", "provider_timeout"]) note(code, 50);
    expect(limits).toEqual([]);
  });

  test("is halved when the provider says that there are too many, once for a wave of that", () => {
    note(LIMITED, 7);
    nowMs = 999;
    note(LIMITED);
    expect(limits).toEqual([5]);
    nowMs = 1_000;
    note(LIMITED);
    expect(limits).toEqual([5, 2]);
  });

  test("is one at least", () => {
    for (nowMs = 0; nowMs < 9_000; nowMs += 1_000) note(LIMITED);
    expect(limits).toEqual([5, 2, 1]);
  });

  test("rises by one with each round that was taken, up to the most", () => {
    note(LIMITED);
    note(null, 4);
    expect(limits).toEqual([5]);
    note(null);
    expect(limits).toEqual([5, 6]);
    note(null, 6 + 7 + 8 + 9 + 100);
    expect(limits).toEqual([5, 6, 7, 8, 9, 10]);
  });

  test("does not rise by what was taken before it was halved", () => {
    note(LIMITED);
    note(null, 4);
    nowMs = 1_000;
    note(LIMITED);
    note(null);
    expect(limits).toEqual([5, 2]);
  });
});
