import { describe, expect, test } from "@jest/globals";
import { judgeWebhookAnswer, parseRetryAfterMs } from "./webhook-answer.ts";

const NOW = Date.parse("2026-11-22T10:00:00Z");
const judge = (status: number, retryAfter?: string) => judgeWebhookAnswer(status, retryAfter, NOW);

describe("a receiver's answer", () => {
  test.each([200, 201, 202, 204, 226, 299])("%i means that it has the event", (status) => {
    expect(judge(status)).toEqual({ kind: "delivered" });
  });
  test("410 means that it wants none any more", () => expect(judge(410)).toEqual({ kind: "gone" }));
  test.each([300, 301, 302, 303, 304, 307, 308])("%i is a redirect, which has failed", (status) => {
    expect(judge(status, "60")).toEqual({ kind: "failed", code: "redirect", retryAfterMs: null });
  });
  test.each([100, 199, 400, 401, 403, 404, 408, 422, 500, 502, 504, 599, 999])("%i has failed", (status) => {
    expect(judge(status, "60")).toEqual({ kind: "failed", code: "http_status", retryAfterMs: null });
  });
  test.each([429, 503])("%i may ask for time", (status) => {
    expect(judge(status, "60")).toMatchObject({ code: "http_status", retryAfterMs: 60_000 });
    expect(judge(status)).toMatchObject({ code: "http_status", retryAfterMs: null });
  });
});

describe("Retry-After", () => {
  test.each([
    ["0", 0],
    ["120", 120_000],
    ["Sun, 22 Nov 2026 10:01:00 GMT", 60_000],
    ["Sunday, 22-Nov-26 10:01:00 GMT", 60_000],
    ["Sun, 22 Nov 2026 09:00:00 GMT", 0],
  ])("%s is read", (value, ms) => expect(parseRetryAfterMs(value, NOW)).toBe(ms));

  test.each([undefined, "", "-1", "1.5", "soon", "1e9", "9999999999", "2026-11-22", "Sun, 99 Nov 2026 10:01:00 GMT"])(
    "%s is no time",
    (value) => expect(parseRetryAfterMs(value, NOW)).toBeNull(),
  );
});
