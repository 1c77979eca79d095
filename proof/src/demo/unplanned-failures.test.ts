import { expect, test } from "@jest/globals";
import { makePlan } from "./plan.ts";
import type { StoryEvent } from "./story-log.ts";
import { countUnplannedFailures } from "./unplanned-failures.ts";

test("counts the customers who were told of a failure that was not planned, each once", () => {
  const plan = makePlan({ seed: 7, checkouts: 50, spanMs: 1000, crashes: 1 });
  const orderIn = (weather: string) => plan.checkouts.find((checkout) => checkout.weather === weather)?.order ?? "";
  const failed = (order: string): StoryEvent => {
    return { order, atMs: 0, from: "service", to: "customer", text: "502 try again", isFailure: true };
  };
  const planned = [failed(orderIn("late_answer")), failed(orderIn("lost_request"))];
  expect(countUnplannedFailures(plan, planned)).toBe(0);
  expect(countUnplannedFailures(plan, [...planned, failed(orderIn("fine")), failed(orderIn("fine"))])).toBe(1);
});
