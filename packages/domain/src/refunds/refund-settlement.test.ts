import { expect, test } from "@jest/globals";
import { DEFAULT_LOOK_WAITS_MS, lookWaitMs } from "./look-schedule.ts";
import type { ProviderRefund } from "./provider-refund.ts";
import { refundSettlementOf } from "./refund-settlement.ts";
import { refundSumOf } from "./refund-sum.ts";

const refund: ProviderRefund = {
  id: "re_1",
  state: "x",
  amountMinor: 1000,
  currency: "eur",
  failureReason: null,
  refundId: "ref_1",
};
const lost = { ...refund, failureReason: "lost_or_stolen_card" };
const seen = (state: "pending" | "succeeded" | "failed" | "canceled", shown = refund) =>
  ({ outcome: "shown", state, refund: shown, anomaly: null }) as const;

test.each([
  [seen("succeeded"), 500, { status: "succeeded", outcomeUnknown: false, waitMs: null, failureCode: null }],
  [seen("pending"), 500, { status: "pending", outcomeUnknown: false, waitMs: 60_000, failureCode: null }],
  [seen("pending"), null, { status: "pending", waitMs: 60_000, deadLetterReason: null }],
  [seen("failed", lost), 500, { status: "failed", failureCode: "lost_or_stolen_card", waitMs: null }],
  [seen("failed"), 500, { status: "failed", failureCode: "refund_failed" }],
  [seen("canceled"), 500, { status: "canceled", failureCode: "canceled_at_provider" }],
  [
    { outcome: "refused", code: "charge_already_refunded", anomaly: null },
    500,
    { status: "failed", failureCode: "charge_already_refunded", outcomeUnknown: false },
  ],
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
    { outcome: "unknown", code: "x", anomaly: "provider_mismatch" },
    500,
    { status: "dead_lettered", outcomeUnknown: true, waitMs: null, deadLetterReason: "provider_mismatch" },
  ],
] as const)("%j with %p ms to the next try becomes %j", (verdict, waitMs, expected) => {
  expect(refundSettlementOf(verdict, waitMs, 60_000)).toMatchObject(expected);
});

test("a refund that the provider does not finish is looked at ever more seldom, and for ever", () => {
  const waits = [0, 1, 2, 3, 4, 5, 500].map((looks) => lookWaitMs(looks, DEFAULT_LOOK_WAITS_MS, () => 0.5));
  expect(waits).toEqual([60_000, 600_000, 3_600_000, 21_600_000, 86_400_000, 86_400_000, 86_400_000]);
});

test.each([
  [0, 0, "none"],
  [0, 100, "pending"],
  [100, 200, "pending"],
  [100, 100, "partial"],
  [4200, 4200, "full"],
])("%p refunded of 4200 with %p reserved is %s", (refundedMinor, reservedMinor, expected) => {
  expect(refundSumOf({ amountMinor: 4200, refundedMinor, reservedMinor })).toBe(expected);
});
