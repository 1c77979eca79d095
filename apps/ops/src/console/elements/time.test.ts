import { describe, expect, test } from "@jest/globals";
import { describeDistance, describeSeconds, toSeconds } from "./time.tsx";

describe("times", () => {
  test("are ISO 8601 in UTC", () => {
    expect(toSeconds(new Date("2026-11-22T12:34:56.789+02:00"))).toBe("2026-11-22T10:34:56Z");
  });

  test.each([
    [0, "0 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [3_599, "59 min"],
    [3_600, "1 h"],
    [12_000, "3 h 20 min"],
    [86_400, "1 d"],
    [439_200, "5 d 2 h"],
    [-5, "0 s"],
  ])("%p seconds are %p", (seconds, words) => {
    expect(describeSeconds(seconds)).toBe(words);
  });

  test("are ago or to come", () => {
    const now = new Date("2026-11-22T10:00:00Z");
    const at = (seconds: number) => describeDistance(new Date(now.getTime() + seconds * 1_000), now);
    expect([at(-90), at(0), at(3_600)]).toEqual(["1 min ago", "now", "in 1 h"]);
  });
});
