import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { canTransition, isFinal, mayCarryUnknownOutcome, PAYMENT_STATES, TRANSITIONS } from "./payment-state.ts";

describe("the state machine", () => {
  test("never leaves a final state", () => {
    expect(PAYMENT_STATES.filter(isFinal)).toEqual(["succeeded", "declined", "canceled"]);
    for (const from of PAYMENT_STATES.filter(isFinal))
      for (const to of PAYMENT_STATES) expect(canTransition(from, to)).toBe(false);
  });

  test("reaches every state from queued", () => {
    const reached = new Set<string>(["queued"]);
    for (const from of reached) for (const to of TRANSITIONS[from as "queued"]) reached.add(to);
    expect([...reached].sort()).toEqual([...PAYMENT_STATES].sort());
  });

  test("never takes an unknown outcome back to where a payment could be canceled or charged blindly", () => {
    expect(canTransition("unknown", "queued")).toBe(false);
    expect(canTransition("unknown", "retry_wait")).toBe(false);
    expect(canTransition("unknown", "canceled")).toBe(false);
    expect(PAYMENT_STATES.filter(mayCarryUnknownOutcome)).toEqual(["charging", "unknown", "dead_lettered"]);
  });

  test("is the one that ARCHITECTURE.md draws", () => {
    const page = readFileSync(new URL("../../../ARCHITECTURE.md", import.meta.url), "utf8");
    const drawing = /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    const drawn = [...drawing.matchAll(/^\s*(\w+) --> (\w+)/gm)].map(([, from, to]) => `${from} → ${to}`);
    const real = PAYMENT_STATES.flatMap((from) => TRANSITIONS[from].map((to) => `${from} → ${to}`));
    expect(drawn.sort()).toEqual(real.sort());
  });
});
