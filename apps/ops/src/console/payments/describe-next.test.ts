import { expect, test } from "@jest/globals";
import type { EvidencedPayment } from "@payonce/db/operations";
import { describeNext } from "./describe-next.ts";

const now = new Date("2026-11-22T10:00:00Z");
const later = new Date("2026-11-22T10:03:00Z");
const AT = "at 2026-11-22T10:03:00Z (in 3 min)";
const payment = (overrides: Partial<EvidencedPayment>) =>
  ({
    status: "queued",
    cancelRequested: false,
    nextActionAt: later,
    outcomeUnknown: false,
    ...overrides,
  }) as EvidencedPayment;

test.each<[string, Partial<EvidencedPayment>]>([
  [`A charger takes it ${AT}.`, {}],
  ["A charger takes it as soon as one is free.", { nextActionAt: now }],
  ["It is being canceled", { cancelRequested: true }],
  [`another charger takes over ${AT} and asks the provider first.`, { status: "charging" }],
  [`Nothing has been charged. The next attempt comes ${AT}.`, { status: "retry_wait" }],
  [`Money may have moved. The provider is asked again ${AT}`, { status: "unknown" }],
  ["It was not charged.", { status: "dead_lettered", nextActionAt: null }],
  ["Money may have moved", { status: "dead_lettered", nextActionAt: null, outcomeUnknown: true }],
  ["Nothing: this is final.", { status: "succeeded", nextActionAt: null }],
])("%p", (words, overrides) => {
  expect(describeNext(payment(overrides), now)).toContain(words);
});
