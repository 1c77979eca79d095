import { expect, test } from "@jest/globals";
import { type Books, type CustomerEnd, isClean, judge, type LedgerCharge } from "./judge.ts";
import type { PlannedCheckout } from "./plan.ts";

const checkout: PlannedCheckout = {
  order: "order-1",
  amountMinor: 1000,
  startMs: 0,
  secondClickMs: null,
  weather: "fine",
  retryMs: 1000,
  leaves: false,
};
const charge = (objectId: string, more: Partial<LedgerCharge> = {}): LedgerCharge => {
  return { objectId, order: "order-1", amountMinor: 1000, ...more };
};
const record = (objectId: string) => ({ order: "order-1", objectId });
const end = (told: CustomerEnd["told"], accepted = false): CustomerEnd => ({ order: "order-1", told, accepted });
const judged = (books: Partial<Books>) => judge([checkout], { charges: [], records: [], ends: [], ...books });

test("finds nothing wrong with one charge that is written down", () => {
  const judgement = judged({ charges: [charge("pi_1")], records: [record("pi_1")], ends: [end("paid")] });
  expect(judgement).toMatchObject({
    chargedTwice: [],
    neverCharged: [],
    gaveUp: [],
    takenMinor: 1000,
    owedBackMinor: 0,
  });
  expect(judgement.fates.get("order-1")).toBe("charged_once");
  expect(isClean(judgement)).toBe(true);
});

test("owes the second of two charges back, whether both are written down or one", () => {
  const charges = [charge("pi_1"), charge("pi_2")];
  const both = judged({ charges, records: [record("pi_1"), record("pi_2")], ends: [end("paid")] });
  expect(both).toMatchObject({ chargedTwice: ["order-1"], owedBackMinor: 1000, unrecorded: { charges: [] } });
  const one = judged({ charges, records: [record("pi_2")], ends: [end("paid")] });
  expect(one).toMatchObject({ chargedTwice: ["order-1"], owedBackMinor: 1000 });
  expect(one.unrecorded).toEqual({ charges: [charge("pi_1")], amountMinor: 1000 });
  expect([both, one].map(isClean)).toEqual([false, false]);
});

test("owes a charge back whole that nobody has written down", () => {
  const judgement = judged({ charges: [charge("pi_1")], ends: [end("failed")] });
  expect(judgement).toMatchObject({ chargedTwice: [], owedBackMinor: 1000, unrecorded: { amountMinor: 1000 } });
  expect(judgement.fates.get("order-1")).toBe("unrecorded");
  expect(isClean(judgement)).toBe(false);
});

test("owes back what belongs to no order at all", () => {
  const stray = charge("pi_9", { order: null, amountMinor: 77 });
  const judgement = judged({ charges: [charge("pi_1"), stray], records: [record("pi_1")], ends: [end("paid")] });
  expect(judgement).toMatchObject({ owedBackMinor: 77, unrecorded: { charges: [stray] } });
  expect(isClean(judgement)).toBe(false);
});

test("owes back what was taken beyond the price", () => {
  const charges = [charge("pi_1", { amountMinor: 1001 })];
  const judgement = judged({ charges, records: [record("pi_1")], ends: [end("paid")] });
  expect(judgement.owedBackMinor).toBe(1);
  expect(isClean(judgement)).toBe(false);
});

test("calls an order lost that was promised or written down as paid and never charged", () => {
  const cases: Partial<Books>[] = [
    { ends: [end("paid")] },
    { ends: [end("nothing", true)] },
    { ends: [end("failed")], records: [record("pi_1")] },
  ];
  for (const books of cases) {
    const judgement = judged(books);
    expect(judgement).toMatchObject({ neverCharged: ["order-1"], gaveUp: [], owedBackMinor: 0 });
    expect(isClean(judgement)).toBe(false);
  }
});

test("tells a customer who left without paying from one who was charged", () => {
  const judgement = judged({ ends: [end("failed")] });
  expect(judgement).toMatchObject({ neverCharged: [], gaveUp: ["order-1"], owedBackMinor: 0 });
  expect(isClean(judgement)).toBe(false);
});
