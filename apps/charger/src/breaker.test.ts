import { beforeEach, describe, expect, test } from "@jest/globals";
import { type Breaker, type BreakerState, createBreaker } from "./breaker.ts";

let nowMs: number;
let changes: BreakerState[];
let breaker: Breaker;
beforeEach(() => {
  nowMs = 0;
  changes = [];
  breaker = createBreaker({
    failuresToOpen: 3,
    openMs: 100,
    maxOpenMs: 300,
    now: () => nowMs,
    onChange: (state) => changes.push(state),
  });
});
const fail = (times: number) => {
  for (let i = 0; i < times; i++) breaker.failed();
};

describe("the breaker", () => {
  test("opens after a run of failures, not after scattered ones", () => {
    fail(2);
    breaker.succeeded();
    fail(2);
    expect(breaker.waitMs()).toBe(0);
    fail(1);
    expect(breaker.waitMs()).toBe(100);
    expect(changes).toEqual(["open"]);
  });

  test("lets one job through when its time is over, and the rest when that one is answered", () => {
    fail(3);
    nowMs = 100;
    expect([breaker.waitMs(), breaker.waitMs(), breaker.waitMs()]).toEqual([0, 100, 100]);
    breaker.succeeded();
    expect([breaker.waitMs(), breaker.waitMs()]).toEqual([0, 0]);
    expect(changes).toEqual(["open", "half_open", "closed"]);
  });

  test("stays open longer each time a probe fails, up to a limit, and starts anew once closed", () => {
    fail(3);
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      waits.push(breaker.waitMs());
      nowMs += breaker.waitMs();
      expect(breaker.waitMs()).toBe(0);
      breaker.failed();
    }
    expect(waits).toEqual([100, 200, 300, 300]);
    nowMs += breaker.waitMs();
    breaker.waitMs();
    breaker.succeeded();
    fail(3);
    expect(breaker.waitMs()).toBe(100);
  });

  test("is not held open by the failures of calls that were out when it opened", () => {
    fail(20);
    expect(breaker.waitMs()).toBe(100);
  });

  test("probes with another job when the first one had nothing to ask the provider", () => {
    fail(3);
    nowMs = 100;
    expect(breaker.waitMs()).toBe(0);
    breaker.released();
    expect(breaker.waitMs()).toBe(0);
  });
});
