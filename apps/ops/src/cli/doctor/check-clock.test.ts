import { expect, test } from "@jest/globals";
import { checkClock } from "./check-clock.ts";

const NOON = Date.parse("2026-11-22T12:00:00Z");
const ask = (aheadMs: number, roundTripMs = 0) =>
  checkClock("Redis", { value: NOON + roundTripMs / 2 + aheadMs, askedAt: NOON, answeredAt: NOON + roundTripMs });

test("a clock that agrees is fine, and one that is off is told by how much, and which way", () => {
  expect(ask(0)).toEqual({ status: "ok", found: expect.stringContaining("within 0 ms") });
  expect(ask(900)).toMatchObject({ status: "ok" });
  expect(ask(3_000)).toMatchObject({
    status: "warning",
    found: expect.stringContaining("3.0 s ahead of"),
    fix: expect.stringContaining("NTP"),
  });
  expect(ask(-90_000)).toMatchObject({ status: "failed", found: expect.stringContaining("90.0 s behind") });
});

test("what a slow answer explains is no difference", () => {
  expect(ask(0, 20_000)).toMatchObject({ status: "ok" });
  expect(ask(9_000, 20_000)).toMatchObject({ status: "ok" });
  expect(ask(13_000, 20_000)).toMatchObject({ status: "warning", found: expect.stringContaining("3.0 s ahead") });
});
