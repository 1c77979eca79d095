import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import {
  canRefundTransition,
  isRefundAtRest,
  mayCarryUnknownRefund,
  REFUND_STATES,
  REFUND_TRANSITIONS,
  reservesMoney,
} from "./refund-state.ts";

describe("a refund's state machine", () => {
  test("never leaves failed and canceled, and leaves succeeded only for failed", () => {
    expect(REFUND_STATES.filter((state) => REFUND_TRANSITIONS[state].length === 0)).toEqual(["failed", "canceled"]);
    expect(REFUND_TRANSITIONS.succeeded).toEqual(["failed"]);
  });

  test("reaches every state from queued", () => {
    const reached = new Set<string>(["queued"]);
    for (const from of reached) for (const to of REFUND_TRANSITIONS[from as "queued"]) reached.add(to);
    expect([...reached].sort()).toEqual([...REFUND_STATES].sort());
  });

  test("never takes an unknown outcome back to where it would be sent again without a look", () => {
    expect(canRefundTransition("unknown", "queued")).toBe(false);
    expect(canRefundTransition("unknown", "retry_wait")).toBe(false);
    expect(canRefundTransition("unknown", "failed")).toBe(false);
    expect(REFUND_STATES.filter(mayCarryUnknownRefund)).toEqual(["refunding", "unknown", "dead_lettered"]);
  });

  test("gives a reservation back once: whatever has given it back keeps no way to one that holds it", () => {
    for (const from of REFUND_STATES.filter((state) => !reservesMoney(state)))
      expect(REFUND_TRANSITIONS[from].filter(reservesMoney)).toEqual([]);
  });

  test("comes to rest where nothing but evidence or a person moves it", () => {
    expect(REFUND_STATES.filter(isRefundAtRest)).toEqual(["dead_lettered", "succeeded", "failed", "canceled"]);
    for (const state of REFUND_STATES.filter(isRefundAtRest))
      expect(canRefundTransition(state, "refunding")).toBe(false);
  });

  test("is the one that ARCHITECTURE.md draws", () => {
    const page = readFileSync(new URL("../../../../ARCHITECTURE.md", import.meta.url), "utf8");
    const drawing = /```mermaid\nstateDiagram-v2\n {4}%% refunds\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    const drawn = [...drawing.matchAll(/^\s*(\w+) --> (\w+)/gm)].map(([, from, to]) => `${from} → ${to}`);
    const real = REFUND_STATES.flatMap((from) => REFUND_TRANSITIONS[from].map((to) => `${from} → ${to}`));
    expect(drawn.sort()).toEqual(real.sort());
  });
});
