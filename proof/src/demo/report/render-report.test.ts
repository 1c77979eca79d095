import { expect, test } from "@jest/globals";
import { judge } from "../judge.ts";
import type { PlannedCheckout } from "../plan.ts";
import type { SideResult } from "../run-side.ts";
import type { Crash, StoryEvent } from "../story-log.ts";
import { pickStories } from "./pick-stories.ts";
import { renderReport } from "./render-report.ts";

const checkouts = [
  { order: "clicked <twice>", secondClickMs: 120, weather: "fine" },
  { order: "answered late, in a crash", secondClickMs: null, weather: "late_answer" },
  { order: "answered late", secondClickMs: null, weather: "late_answer" },
  { order: "fine at last", secondClickMs: null, weather: "fine" },
  { order: "killed", secondClickMs: null, weather: "fine" },
].map((checkout, i): PlannedCheckout => {
  return { amountMinor: 1000, startMs: i * 10_000, retryMs: 900, leaves: false, ...checkout } as PlannedCheckout;
});
const crashes: Crash[] = [10_120, 40_120].map((atMs) => ({ atMs, backAtMs: atMs + 500 }));
const plan = { seed: 1, checkouts, crashesMs: crashes.map(({ atMs }) => atMs) };

/** A side at which each order was charged so often. */
function sideOf(name: string, times: number): SideResult {
  const events = checkouts.flatMap(({ order, startMs }): StoryEvent[] => [
    { order, atMs: startMs, from: "customer", to: "service", text: "Pay" },
    ...Array.from({ length: times }, (_, i): StoryEvent => {
      return { order, atMs: startMs + 100 + i, from: "provider", to: "provider", text: "takes", isMoney: true };
    }),
    { order, atMs: startMs + 150, from: "provider", to: "service", text: "succeeded", isLost: true },
    { order, atMs: startMs + 1500, from: "service", to: "customer", text: "paid" },
  ]);
  const charges = checkouts.flatMap(({ order }) =>
    Array.from({ length: times }, (_, i) => ({ objectId: `pi_${order}_${i}`, order, amountMinor: 1000 })),
  );
  const records = checkouts.map(({ order }) => ({ order, objectId: `pi_${order}_0` }));
  return { name, events, crashes, ends: [], judgement: judge(checkouts, { charges, records, ends: [] }) };
}

const input = { plan, naive: sideOf("Naive service", 2), payonce: sideOf("Payonce", 1), providerTimeoutMs: 2000 };

test("tells of a double charge, a ghost charge and a crash, each of an order to which just that happened", () => {
  expect(pickStories(input).map(({ id, checkout }) => [id, checkout.order])).toEqual([
    ["double-charge", "clicked <twice>"],
    ["ghost-charge", "answered late"],
    ["crash", "killed"],
  ]);
});

test("leaves out what did not occur", () => {
  expect(pickStories({ ...input, naive: input.payonce })).toEqual([]);
});

test("draws both services' way for each of them: what was taken again, what was lost, and who was killed", () => {
  const html = renderReport(input);
  const drawings = html.match(/<svg class="sequence".*?<\/svg>/gs) ?? [];
  expect(drawings).toHaveLength(6);
  expect(drawings.map((drawing) => drawing.match(/takes €10\.00( again)?/g)?.length)).toEqual([2, 1, 2, 1, 2, 1]);
  expect(drawings.map((drawing) => drawing.includes(">killed<"))).toEqual([false, false, false, false, true, true]);
  expect(drawings.every((drawing) => drawing.includes('class="arrow lost"'))).toBe(true);
  expect(html.match(/Charged twice\. €10\.00 are owed back\./g)).toHaveLength(6);
  expect(html.match(/>Charged once\.</g)).toHaveLength(3);
});

test("escapes what it is given", () => {
  expect(renderReport(input)).not.toContain("<twice>");
});
