import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type JudgedRefund, judgeRefund } from "./judge-refund.ts";
import type { ProviderRefund } from "./provider-refund.ts";
import { canRefundTransition, REFUND_STATES, type RefundState, reservesMoney } from "./refund-state.ts";

const ours = (status: RefundState, more: Partial<JudgedRefund> = {}): JudgedRefund => ({
  status,
  outcomeUnknown: status === "unknown",
  amountMinor: 1000,
  currency: "eur",
  providerRefundId: "re_1",
  ...more,
});
const shown = (state: string, more: Partial<ProviderRefund> = {}): ProviderRefund => ({
  id: "re_1",
  state,
  amountMinor: 1000,
  currency: "eur",
  failureReason: null,
  refundId: "ref_1",
  ...more,
});
const nothing = { to: null, anomaly: null, shouldWake: false };
const moves = (to: string, anomaly: string | null = null) => ({ to, anomaly, shouldWake: false });
const contradicts = (anomaly: string) => ({ to: null, anomaly, shouldWake: false });

describe("evidence about a refund", () => {
  test.each([
    ["pending", "pending", nothing],
    ["pending", "requires_action", nothing],
    ["pending", "succeeded", moves("succeeded")],
    ["pending", "failed", moves("failed")],
    ["pending", "canceled", moves("canceled")],
    ["succeeded", "succeeded", nothing],
    ["succeeded", "failed", moves("failed")],
    ["succeeded", "canceled", contradicts("refund_canceled_though_succeeded")],
    ["succeeded", "pending", contradicts("refund_pending_though_succeeded")],
    ["failed", "failed", nothing],
    ["failed", "canceled", nothing],
    ["failed", "succeeded", contradicts("refund_succeeded_though_failed")],
    ["failed", "pending", contradicts("refund_pending_though_failed")],
    ["canceled", "failed", nothing],
    ["canceled", "succeeded", contradicts("refund_succeeded_though_canceled")],
    ["dead_lettered", "succeeded", moves("succeeded", "refund_succeeded_though_dead_lettered")],
    ["dead_lettered", "failed", moves("failed")],
    ["succeeded", "levitating", nothing],
  ] as const)("that is %s, and %s at the provider", (status, state, expected) => {
    expect(judgeRefund(ours(status), shown(state))).toEqual(expected);
  });

  test("ends a dead letter whose outcome was unknown without calling it a contradiction", () => {
    expect(judgeRefund(ours("dead_lettered", { outcomeUnknown: true }), shown("succeeded"))).toEqual(
      moves("succeeded"),
    );
  });

  test.each(["queued", "refunding", "retry_wait", "unknown"] as const)(
    "that is %s is for a charger to look into",
    (status) => {
      expect(judgeRefund(ours(status), shown("succeeded"))).toEqual({ ...nothing, shouldWake: true });
      expect(judgeRefund(ours(status), null)).toEqual(nothing);
    },
  );

  test("about other money than ours moves nothing", () => {
    for (const more of [{ amountMinor: 1 }, { currency: "usd" }])
      expect(judgeRefund(ours("pending"), shown("succeeded", more))).toEqual(contradicts("provider_mismatch"));
  });

  test("that has disappeared at the provider is an anomaly where it was seen there and counts", () => {
    for (const status of ["pending", "succeeded", "dead_lettered"] as const)
      expect(judgeRefund(ours(status), null)).toEqual(contradicts("refund_not_at_provider"));
    expect(judgeRefund(ours("failed"), null)).toEqual(nothing);
    expect(judgeRefund(ours("dead_lettered", { providerRefundId: null }), null)).toEqual(nothing);
  });

  test("never leads where the state machine does not, and releases a reservation on the provider's word alone", () => {
    const states = fc.constantFrom("pending", "requires_action", "succeeded", "failed", "canceled", "odd");
    fc.assert(
      fc.property(
        fc.constantFrom(...REFUND_STATES),
        states,
        fc.boolean(),
        fc.boolean(),
        (status, state, isUnknown, isThere) => {
          const refund = ours(status, { outcomeUnknown: isUnknown });
          const { to } = judgeRefund(refund, isThere ? shown(state) : null);
          if (to === null) return;
          expect(canRefundTransition(status, to)).toBe(true);
          if (!reservesMoney(to)) expect(["failed", "canceled"]).toContain(state);
        },
      ),
    );
  });
});
