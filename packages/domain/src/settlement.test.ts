import { expect, test } from "@jest/globals";
import { settlementOf } from "./settlement.ts";

test.each([
  [{ outcome: "succeeded" }, 500, { status: "succeeded", outcomeUnknown: false, waitMs: null }],
  [{ outcome: "declined", code: "lost_card" }, 500, { status: "declined", failureCode: "lost_card", waitMs: null }],
  [{ outcome: "not_executed", code: "x" }, 500, { status: "retry_wait", outcomeUnknown: false, waitMs: 500 }],
  [{ outcome: "unknown", code: "x" }, 500, { status: "unknown", outcomeUnknown: true, waitMs: 500 }],
  [
    { outcome: "not_executed", code: "x" },
    null,
    { status: "dead_lettered", outcomeUnknown: false, deadLetterReason: "attempts_spent" },
  ],
  [
    { outcome: "unknown", code: "x" },
    null,
    { status: "dead_lettered", outcomeUnknown: true, deadLetterReason: "attempts_spent" },
  ],
  [
    { outcome: "unknown", code: "x", mismatch: true },
    500,
    { status: "dead_lettered", outcomeUnknown: true, deadLetterReason: "provider_mismatch", waitMs: null },
  ],
] as const)("%j with %p ms to the next try becomes %j", (verdict, waitMs, expected) => {
  expect(settlementOf(verdict, waitMs)).toMatchObject(expected);
});
