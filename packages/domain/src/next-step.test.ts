import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type ClaimedPayment, nextStep, type Step } from "./next-step.ts";
import type { Evidence, ProviderAnswer } from "./provider-answer.ts";

const payment: ClaimedPayment = {
  amountMinor: 4200,
  currency: "eur",
  providerObjectId: null,
  outcomeUnknown: false,
  isHinted: false,
  isOlderThanKeys: false,
};
const stored = { ...payment, providerObjectId: "pi_1" };
const unknown = { ...stored, outcomeUnknown: true };

const evidence: Evidence = { operation: "confirm", at: "2026-01-01T00:00:00.000Z", durationMs: 1 };
const shows = (state: string, more: object = {}): ProviderAnswer => ({
  kind: "object",
  payment: { id: "pi_1", state, amountMinor: 4200, currency: "eur", declineCode: null, ...more },
  evidence,
});
const failed = (kind: "declined" | "not_executed" | "unknown", code = "x"): ProviderAnswer => ({
  kind,
  code,
  evidence,
});

const create: Step = { do: "create" };
const confirm: Step = { do: "confirm", objectId: "pi_1" };
const retrieve: Step = { do: "retrieve", objectId: "pi_1" };
const cancel: Step = { do: "cancel", objectId: "pi_1", declineCode: "lost_card" };
const settle = (outcome: string, code?: string) => ({ do: "settle", verdict: code ? { outcome, code } : { outcome } });

describe("the first step", () => {
  test("without a stored object makes one", () => expect(nextStep(payment)).toEqual(create));
  test("with a stored object that was never confirmed confirms it", () => expect(nextStep(stored)).toEqual(confirm));
  test("with evidence from outside looks before it confirms", () =>
    expect(nextStep({ ...stored, isHinted: true })).toEqual(retrieve));
  test("without an object, but older than the provider's keys, looks for one before it makes one", () =>
    expect(nextStep({ ...payment, isOlderThanKeys: true })).toEqual({ do: "find" }));
  test("with an unknown outcome asks the provider before anything else", () =>
    expect(nextStep(unknown)).toEqual(retrieve));
});

describe("the step after", () => {
  test.each([
    [
      "a created object: remember it before confirming",
      payment,
      create,
      shows("requires_confirmation"),
      { do: "store", objectId: "pi_1", mayHaveCharged: false },
    ],
    [
      "an unanswered create: it moved no money, so nothing ran",
      payment,
      create,
      failed("unknown"),
      settle("not_executed", "x"),
    ],
    ["a refused create", payment, create, failed("declined"), settle("declined", "x")],
    [
      "an object found in the provider's list: nobody knows what was done to it",
      payment,
      { do: "find" },
      shows("succeeded"),
      { do: "store", objectId: "pi_1", mayHaveCharged: true },
    ],
    ["a list without an object", payment, { do: "find" }, { kind: "absent", evidence }, create],
    [
      "a list that could not be read: nothing is made",
      payment,
      { do: "find" },
      failed("unknown"),
      settle("not_executed", "x"),
    ],
    ["a confirm that succeeded", stored, confirm, shows("succeeded"), settle("succeeded")],
    ["an unanswered confirm", stored, confirm, failed("unknown"), settle("unknown", "x")],
    ["a confirm that did not run", stored, confirm, failed("not_executed"), settle("not_executed", "x")],
    [
      "a confirm that did not run, after one that may have",
      unknown,
      confirm,
      failed("not_executed"),
      settle("unknown", "x"),
    ],
    ["a decline: close the object first", stored, confirm, failed("declined", "lost_card"), cancel],
    [
      "a confirm still processing",
      stored,
      confirm,
      shows("processing"),
      settle("unknown", "provider_state_processing"),
    ],
    ["a lookup that shows success", unknown, retrieve, shows("succeeded"), settle("succeeded")],
    ["a lookup that shows an unconfirmed object", unknown, retrieve, shows("requires_confirmation"), confirm],
    [
      "a lookup that shows a decline",
      unknown,
      retrieve,
      shows("requires_payment_method", { declineCode: "lost_card" }),
      cancel,
    ],
    [
      "a lookup that shows no reason",
      unknown,
      retrieve,
      shows("requires_payment_method"),
      settle("unknown", "provider_state_requires_payment_method"),
    ],
    [
      "a lookup that shows a canceled object",
      unknown,
      retrieve,
      shows("canceled"),
      settle("declined", "canceled_at_provider"),
    ],
    ["a lookup that found nothing: that proves nothing", unknown, retrieve, failed("declined"), settle("unknown", "x")],
    ["a state never heard of", unknown, retrieve, shows("levitating"), settle("unknown", "provider_state_levitating")],
    ["a cancel that worked", stored, cancel, shows("canceled"), settle("declined", "lost_card")],
    ["a cancel without an answer", stored, cancel, failed("unknown"), settle("unknown", "x")],
    ["a cancel that did not run", stored, cancel, failed("not_executed"), settle("unknown", "x")],
    ["a cancel that came too late", stored, cancel, shows("succeeded"), settle("succeeded")],
  ] as const)("%s", (_title, claimed, step, answer, expected) => {
    expect(nextStep(claimed, { step, answer })).toEqual(expected);
  });

  test.each([
    ["another amount", { amountMinor: 4201 }],
    ["another currency", { currency: "usd" }],
    ["another object", { id: "pi_2" }],
  ])("an answer about %s flips nothing and goes to a person", (_what, more) => {
    expect(nextStep(stored, { step: confirm, answer: shows("succeeded", more) })).toEqual({
      do: "settle",
      verdict: { outcome: "unknown", code: "provider_mismatch_succeeded", mismatch: true },
    });
  });
});

describe("whatever the provider answers", () => {
  const states = [
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "processing",
    "succeeded",
    "canceled",
    "new",
  ];
  const answers = fc.oneof(
    fc
      .record({ state: fc.constantFrom(...states), declineCode: fc.constantFrom(null, "lost_card") })
      .map(({ state, declineCode }) => shows(state, { declineCode })),
    fc.constantFrom(failed("declined"), failed("not_executed"), failed("unknown")),
  );

  /** Plays an attempt and returns the steps taken. */
  function play(claimed: ClaimedPayment, script: ProviderAnswer[]): Step[] {
    const current = { ...claimed };
    const steps: Step[] = [];
    for (let step = nextStep(current); ; ) {
      steps.push(step);
      if (step.do === "settle") return steps;
      if (steps.length > 20) throw new Error("the attempt does not end");
      if (step.do === "store") {
        current.providerObjectId = step.objectId;
        current.outcomeUnknown ||= step.mayHaveCharged;
        step = nextStep(current);
      } else step = nextStep(current, { step, answer: script.shift() ?? failed("unknown") });
    }
  }
  const script = fc.array(answers, { maxLength: 8 });
  const old = { ...payment, isOlderThanKeys: true };
  const claims = fc.constantFrom(payment, stored, unknown, old, { ...stored, isHinted: true });

  test("an attempt ends, after at most one confirm and four calls", () => {
    fc.assert(
      fc.property(claims, script, (claimed, answersGiven) => {
        const steps = play(claimed, [...answersGiven]);
        expect(steps.filter((step) => step.do === "confirm").length).toBeLessThanOrEqual(1);
        expect(steps.filter((step) => step.do !== "settle" && step.do !== "store").length).toBeLessThanOrEqual(4);
      }),
    );
  });

  test("only the stored object is confirmed", () => {
    fc.assert(
      fc.property(claims, script, (claimed, answersGiven) => {
        const steps = play(claimed, [...answersGiven]);
        const confirmed = steps.findIndex((step) => step.do === "confirm");
        if (confirmed === -1 || claimed.providerObjectId !== null) return;
        expect(steps.slice(0, confirmed).map((step) => step.do)).toContain("store");
      }),
    );
  });

  test("an unknown outcome ends as succeeded or declined only on the object's own word", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(failed("declined"), failed("not_executed"), failed("unknown")), { maxLength: 8 }),
        (failures) => {
          const last = play(unknown, [...failures]).at(-1);
          expect(last).toMatchObject({ do: "settle", verdict: { outcome: "unknown" } });
        },
      ),
    );
  });

  test("a payment is declined only when its object is closed or was never made", () => {
    fc.assert(
      fc.property(claims, script, (claimed, answersGiven) => {
        const steps = play(claimed, [...answersGiven]);
        const last = steps.at(-1);
        if (last?.do !== "settle" || last.verdict.outcome !== "declined") return;
        const before = steps.at(-2)?.do;
        // A create is refused before there is an object; otherwise a cancel or a lookup has shown it closed.
        expect(["create", "cancel", "retrieve", "confirm"]).toContain(before);
        if (before === "confirm")
          expect(answersGiven.some((a) => a.kind === "object" && a.payment.state === "canceled")).toBe(true);
      }),
    );
  });
});
