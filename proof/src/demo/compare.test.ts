import { beforeAll, expect, test } from "@jest/globals";
import { compare } from "./compare.ts";
import { isClean } from "./judge.ts";
import { makePlan } from "./plan.ts";
import { renderReport } from "./report/render-report.ts";
import type { SideResult } from "./run-side.ts";

const plan = makePlan({ seed: 7, checkouts: 24, spanMs: 3600, crashes: 1 });
// Long enough for a machine that is busy with other tests.
const providerTimeoutMs = 3000;

let naive: SideResult;
let payonce: SideResult;
beforeAll(async () => {
  ({ naive, payonce } = await compare({ plan, providerTimeoutMs, signal: new AbortController().signal }));
}, 90_000);

test("the naive service charges twice and takes money that it does not know of", () => {
  const { chargedTwice, unrecorded, owedBackMinor } = naive.judgement;
  expect(naive.ends).toHaveLength(24);
  expect(chargedTwice.length).toBeGreaterThan(0);
  expect(unrecorded.charges.length).toBeGreaterThan(0);
  expect(owedBackMinor).toBeGreaterThan(0);
});

test("the naive service charges those once who pressed once and had an answer: it is no straw man", () => {
  const pressesOf = (order: string) =>
    naive.events.filter((event) => event.order === order && event.from === "customer").length;
  const undisturbed = plan.checkouts.filter(({ order }) => pressesOf(order) === 1).map(({ order }) => order);
  const paid = naive.ends.filter(({ order, told }) => told === "paid" && undisturbed.includes(order));
  expect(paid.length).toBeGreaterThan(0);
  expect(paid.filter(({ order }) => naive.judgement.fates.get(order) !== "charged_once")).toEqual([]);
});

test("Payonce charges each of the same checkouts once, through the same clicks, late answers and crash", () => {
  expect(payonce.crashes).toHaveLength(1);
  expect([...payonce.judgement.fates].filter(([, fate]) => fate !== "charged_once")).toEqual([]);
  expect(isClean(payonce.judgement)).toBe(true);
  expect(payonce.ends.map(({ told }) => told)).toEqual(Array(24).fill("paid"));
  expect(payonce.judgement.takenMinor).toBe(plan.checkouts.reduce((sum, { amountMinor }) => sum + amountMinor, 0));
});

test("every planned double click was two requests at both services", () => {
  for (const { order } of plan.checkouts.filter(({ secondClickMs }) => secondClickMs !== null)) {
    for (const { events } of [naive, payonce]) {
      const presses = events.filter((event) => event.order === order && event.text === "Pay");
      expect(presses.length).toBeGreaterThanOrEqual(2);
    }
  }
});

test("the report has a square for each checkout, shows nothing secret, and needs nothing from outside", () => {
  const html = renderReport({ plan, naive, payonce, providerTimeoutMs });
  for (const { order } of plan.checkouts) expect(html.split(`<title>${order},`)).toHaveLength(3);
  expect(html).not.toMatch(/<script|<link|@import|url\(|src=/);
  expect(html).not.toMatch(/undefined|NaN|sk_test/);
});
