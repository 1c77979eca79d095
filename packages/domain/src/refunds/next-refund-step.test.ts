import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type ClaimedRefund, nextRefundStep, type RefundStep } from "./next-refund-step.ts";
import type { ProviderRefund, RefundAnswer, RefundEvidence } from "./provider-refund.ts";

const evidence: RefundEvidence = { operation: "refund", at: "2026-01-01T00:00:00.000Z", durationMs: 1 };
const fresh: ClaimedRefund = {
  id: "ref_1",
  amountMinor: 1000,
  currency: "eur",
  wasSent: false,
  outcomeUnknown: false,
  isHinted: false,
  mayKeyBeForgotten: false,
  isKeySpent: false,
  isQuiet: true,
};
const waiting = { ...fresh, wasSent: true, isQuiet: false };
const unknown = { ...waiting, outcomeUnknown: true };

const refund = (state: string, more: Partial<ProviderRefund> = {}): ProviderRefund => ({
  id: "re_1",
  state,
  amountMinor: 1000,
  currency: "eur",
  failureReason: null,
  refundId: "ref_1",
  ...more,
});
const shown = (state: string, more: Partial<ProviderRefund> = {}, isReplayed = false): RefundAnswer => ({
  kind: "shown",
  refund: refund(state, more),
  isReplayed,
  evidence,
});
const listed = (...refunds: ProviderRefund[]): RefundAnswer => ({ kind: "listed", refunds, evidence });
const refused = (code = "x", contradictsSums = false): RefundAnswer => ({
  kind: "refused",
  code,
  contradictsSums,
  evidence,
});
const notExecuted: RefundAnswer = { kind: "not_executed", code: "x", evidence };
const lost = (isKeySpent = false): RefundAnswer => ({ kind: "unknown", code: "x", isKeySpent, evidence });

const send = { do: "send", key: "same" } as const;
const sendNew = { do: "send", key: "new" } as const;
const look = { do: "look", for: "send" } as const;
const replayLook = { do: "look", for: "replay" } as const;
const refusalLook = {
  do: "look",
  for: "refusal",
  refusal: { code: "charge_already_refunded", contradictsSums: true },
} as const;
const settle = (verdict: object) => ({ do: "settle", verdict });
const ends = (state: string) => settle({ outcome: "shown", state, refund: refund(state), anomaly: null });

describe("the first step", () => {
  test.each([
    ["of a new refund sends it", fresh, send],
    ["after requests that provably did not run sends it again under the same key", waiting, send],
    ["with an unknown outcome looks before anything is sent", unknown, look],
    ["with evidence from outside about something sent looks", { ...waiting, isHinted: true }, look],
    ["when the provider may have forgotten the key looks", { ...waiting, mayKeyBeForgotten: true }, look],
    [
      "of one that is older than the provider's memory looks, also where nothing is known to have been sent",
      { ...fresh, mayKeyBeForgotten: true },
      look,
    ],
  ])("%s", (_title, claimed, expected) => {
    expect(nextRefundStep(claimed)).toEqual(expected);
  });
});

describe("the step after", () => {
  test.each([
    ["a refund that was made", fresh, send, shown("succeeded"), ends("succeeded")],
    ["a refund that takes its time", fresh, send, shown("pending"), ends("pending")],
    [
      "one that waits for the customer",
      fresh,
      send,
      shown("requires_action"),
      settle({ outcome: "shown", state: "pending", refund: refund("requires_action"), anomaly: null }),
    ],
    ["one that failed at once", fresh, send, shown("failed"), ends("failed")],
    ["a request without an answer", fresh, send, lost(), settle({ outcome: "unknown", code: "x" })],
    [
      "a stored error: the key is of no use any more",
      unknown,
      send,
      lost(true),
      settle({ outcome: "unknown", code: "x", isKeySpent: true }),
    ],
    ["a request that did not run", fresh, send, notExecuted, settle({ outcome: "not_executed", code: "x" })],
    [
      "a request that did not run, after one that may have",
      unknown,
      send,
      notExecuted,
      settle({ outcome: "unknown", code: "x" }),
    ],
    ["a refusal", fresh, send, refused(), settle({ outcome: "refused", code: "x", anomaly: null })],
    [
      "a refusal that contradicts our sums",
      fresh,
      send,
      refused("charge_already_refunded", true),
      settle({ outcome: "refused", code: "charge_already_refunded", anomaly: "refunded_elsewhere" }),
    ],
    [
      "a refusal, after a request that may still be on its way",
      unknown,
      send,
      refused(),
      settle({ outcome: "unknown", code: "x" }),
    ],
    [
      "a refusal, after one that is over: it may have been ours",
      { ...unknown, isQuiet: true },
      send,
      refused("charge_already_refunded", true),
      refusalLook,
    ],
    ["a stored answer: it may be out of date", fresh, send, shown("succeeded", {}, true), replayLook],
    [
      "a state never heard of",
      fresh,
      send,
      shown("levitating"),
      settle({ outcome: "unknown", code: "provider_state_levitating", refund: refund("levitating") }),
    ],

    [
      "a list that shows ours",
      unknown,
      look,
      listed(refund("failed", { id: "re_2", refundId: null }), refund("succeeded")),
      ends("succeeded"),
    ],
    ["a list that shows ours failed", unknown, look, listed(refund("failed")), ends("failed")],
    [
      "a list without ours, while the key is remembered: the same key",
      unknown,
      look,
      listed(refund("succeeded", { refundId: "ref_2" })),
      send,
    ],
    [
      "a list without ours, the key forgotten, and a request that may be on its way: nothing",
      { ...unknown, mayKeyBeForgotten: true },
      look,
      listed(),
      settle({ outcome: "unknown", code: "provider_refund_may_be_under_way" }),
    ],
    [
      "a list without ours, the key forgotten and all quiet: another key",
      { ...unknown, mayKeyBeForgotten: true, isQuiet: true },
      look,
      listed(),
      sendNew,
    ],
    [
      "a list without ours, the key spent and a request that may be on its way: nothing",
      { ...unknown, isKeySpent: true },
      look,
      listed(),
      settle({ outcome: "unknown", code: "provider_refund_may_be_under_way" }),
    ],
    [
      "a list without ours, the key spent and all quiet: another key",
      { ...unknown, isKeySpent: true, isQuiet: true },
      look,
      listed(),
      sendNew,
    ],
    [
      "a list without ours, the key good, however quiet: the same key",
      { ...unknown, isQuiet: true },
      look,
      listed(),
      send,
    ],
    [
      "a list without ours, where nothing was ever in doubt",
      { ...waiting, mayKeyBeForgotten: true },
      look,
      listed(),
      send,
    ],
    ["a list that could not be read", unknown, look, lost(), settle({ outcome: "unknown", code: "x" })],
    [
      "a list that could not be read, where nothing was in doubt",
      { ...waiting, isHinted: true },
      look,
      notExecuted,
      settle({ outcome: "not_executed", code: "x" }),
    ],
    [
      "a list that shows the refund twice: a person is told",
      unknown,
      look,
      listed(refund("failed", { id: "re_0" }), refund("succeeded")),
      settle({ outcome: "shown", state: "succeeded", refund: refund("succeeded"), anomaly: "refund_doubled" }),
    ],

    [
      "a refusal and a list without ours",
      unknown,
      refusalLook,
      listed(),
      settle({ outcome: "refused", code: "charge_already_refunded", anomaly: "refunded_elsewhere" }),
    ],
    ["a refusal because of ours", unknown, refusalLook, listed(refund("succeeded")), ends("succeeded")],
    [
      "a refusal and a list that could not be read",
      unknown,
      refusalLook,
      lost(),
      settle({ outcome: "unknown", code: "x" }),
    ],
    ["a stored answer, and how it stands now", fresh, replayLook, listed(refund("failed")), ends("failed")],
    [
      "a stored answer about something that is not listed",
      fresh,
      replayLook,
      listed(),
      settle({ outcome: "unknown", code: "provider_refund_not_listed" }),
    ],
    [
      "a stored answer and a list that could not be read: it was sent",
      fresh,
      replayLook,
      notExecuted,
      settle({ outcome: "unknown", code: "x" }),
    ],
  ] as const)("%s", (_title, claimed, step, answer, expected) => {
    expect(nextRefundStep(claimed, { step, answer })).toEqual(expected);
  });

  test.each([
    ["another amount", { amountMinor: 1001 }],
    ["another currency", { currency: "usd" }],
  ])("a refund over %s goes to a person", (_what, more) => {
    const verdict = {
      outcome: "unknown",
      code: "provider_mismatch_succeeded",
      refund: refund("succeeded", more),
      anomaly: "provider_mismatch",
    };
    expect(nextRefundStep(fresh, { step: send, answer: shown("succeeded", more) })).toEqual(settle(verdict));
  });
});

describe("whatever the provider does", () => {
  /**
   * A provider that keeps its word: a key it remembers is one refund, a list tells all there is, and a request whose answer
   * is lost may have run, may not run, or may run later. Time passes between attempts.
   */
  type Event =
    | { at: "answer"; how: "truth" | "lost" | "not_executed" | "stored_error" }
    | { at: "lost_before"; thenRuns: "never" | "later" };
  const happening: fc.Arbitrary<{ send: Event; look: "shown" | "lost"; hours: number; lateAfter: boolean }> = fc.record(
    {
      send: fc.oneof(
        fc.record({
          at: fc.constant("answer" as const),
          how: fc.constantFrom("truth", "lost", "not_executed", "stored_error"),
        }),
        fc.record({ at: fc.constant("lost_before" as const), thenRuns: fc.constantFrom("never", "later") }),
      ) as fc.Arbitrary<Event>,
      look: fc.constantFrom("shown", "shown", "shown", "lost"),
      hours: fc.constantFrom(0, 0.01, 2, 13, 25),
      lateAfter: fc.boolean(),
    },
  );
  const QUIET_HOURS = 0.5;
  const MEMORY_HOURS = 24;
  const TRUSTED_HOURS = 23;

  function play(script: { send: Event; look: "shown" | "lost"; hours: number; lateAfter: boolean }[]) {
    let clock = 0;
    let keyNumber = 1;
    let keySentAt: number | null = null;
    let lastSentAt: number | null = null;
    let outcomeUnknown = false;
    let isKeySpent = false;
    const made: ProviderRefund[] = [];
    const stored = new Map<number, { at: number; answer: "error" | "made" }>();
    const late: { key: number; sentAt: number }[] = [];
    const steps: RefundStep[] = [];

    const remembered = (key: number) => {
      const kept = stored.get(key);
      return kept && clock - kept.at < MEMORY_HOURS ? kept : undefined;
    };
    const run = (key: number) => {
      if (remembered(key)) return;
      made.push(refund("succeeded", { id: `re_${made.length}` }));
      stored.set(key, { at: clock, answer: "made" });
    };
    const deliverLate = () => {
      for (const { key } of late.splice(0)) run(key);
    };

    for (const event of script) {
      const claimed: ClaimedRefund = {
        ...fresh,
        wasSent: lastSentAt !== null,
        outcomeUnknown,
        isKeySpent,
        mayKeyBeForgotten: clock - (keySentAt ?? 0) >= TRUSTED_HOURS,
        isQuiet: lastSentAt === null || clock - lastSentAt > QUIET_HOURS,
      };
      let step = nextRefundStep(claimed);
      for (let calls = 0; step.do !== "settle"; calls++) {
        if (calls > 3) throw new Error("the attempt does not end");
        steps.push(step);
        if (step.do === "look") {
          const answer = event.look === "shown" ? listed(...made) : lost();
          step = nextRefundStep(claimed, { step, answer });
          continue;
        }
        if (step.key === "new") {
          keyNumber += 1;
          keySentAt = null;
          isKeySpent = false;
        }
        keySentAt ??= clock;
        lastSentAt = clock;
        step = nextRefundStep(claimed, { step, answer: request(event.send) });
      }
      steps.push(step);
      const { verdict } = step;
      outcomeUnknown = verdict.outcome === "unknown";
      if (verdict.outcome === "unknown" && verdict.isKeySpent) isKeySpent = true;
      if (verdict.outcome === "shown" || verdict.outcome === "refused") break;
      // A request that left is over within the quiet time, by which it is defined.
      if (event.hours > QUIET_HOURS || event.lateAfter) deliverLate();
      clock += event.hours;
    }
    deliverLate();
    return { made, steps };

    function request(what: Event): RefundAnswer {
      const kept = remembered(keyNumber);
      if (what.at === "lost_before") {
        if (what.thenRuns === "later") late.push({ key: keyNumber, sentAt: clock });
        return lost();
      }
      if (what.how === "not_executed") return notExecuted;
      if (kept?.answer === "error") return lost(true);
      if (what.how === "stored_error" && !kept) {
        stored.set(keyNumber, { at: clock, answer: "error" });
        return lost();
      }
      run(keyNumber);
      if (what.how === "lost" || what.how === "stored_error") return lost();
      const [first] = made;
      return first ? { kind: "shown", refund: first, isReplayed: kept !== undefined, evidence } : lost();
    }
  }

  test("there is one refund at most, however answers are lost, keys forgotten and requests late", () => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 1, maxLength: 12 }), (script) => {
        expect(play(script).made.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20_000 },
    );
  });

  test("it ends as made only when there is one, and a request is never sent twice in one attempt", () => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 1, maxLength: 12 }), (script) => {
        const { made, steps } = play(script);
        const last = steps.at(-1);
        if (last?.do === "settle" && last.verdict.outcome === "shown") expect(made).toHaveLength(1);
        let sends = 0;
        for (const step of steps) {
          if (step.do === "send") sends += 1;
          if (step.do === "settle") sends = 0;
          expect(sends).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  test("it comes about when the provider answers in the end", () => {
    const good = { send: { at: "answer", how: "truth" }, look: "shown", hours: 2, lateAfter: true } as const;
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 8 }), (script) => {
        const { made, steps } = play([...script, ...Array.from({ length: 16 }, () => good)]);
        expect(made).toHaveLength(1);
        expect(steps.at(-1)).toMatchObject({ do: "settle", verdict: { outcome: "shown", state: "succeeded" } });
      }),
      { numRuns: 5_000 },
    );
  });
});
