import { describe, expect, test } from "@jest/globals";
import { toMinutes } from "./to-minutes.ts";

const at = (clock: string) => new Date(`2026-11-22T${clock}Z`);
const counts = (metrics: Parameters<typeof toMinutes>[0], now: Date) =>
  toMinutes(metrics, 4, now).map(({ minute, count }) => [minute.toISOString().slice(11, 16), count]);

describe("BullMQ's counts put to their minutes", () => {
  test("are all zero where nothing was ever counted", () => {
    expect(counts({ meta: { count: 0, prevTS: 0, prevCount: 0 }, data: [] }, at("10:04:30"))).toEqual([
      ["10:00", 0],
      ["10:01", 0],
      ["10:02", 0],
      ["10:03", 0],
    ]);
  });

  test("end with the last whole minute while jobs end in this one", () => {
    const metrics = { meta: { count: 100, prevTS: at("10:04:10").getTime(), prevCount: 98 }, data: [3, 0, 7] };
    expect(counts(metrics, at("10:04:30")).map(([, count]) => count)).toEqual([0, 7, 0, 3]);
  });

  test("have zeros after the last job, and that job's own minute before them", () => {
    const metrics = { meta: { count: 100, prevTS: at("10:01:59").getTime(), prevCount: 96 }, data: [3] };
    expect(counts(metrics, at("10:04:00"))).toEqual([
      ["10:00", 3],
      ["10:01", 4],
      ["10:02", 0],
      ["10:03", 0],
    ]);
  });
});
