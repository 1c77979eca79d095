import type { Plan } from "./plan.ts";
import type { StoryEvent } from "./story-log.ts";

/**
 * Customers who were told "failed" although nothing of the kind was planned for them: the machine had too much else to do, so
 * that charges took longer than the service waits. A fair comparison has none, or next to none.
 */
export function countUnplannedFailures({ checkouts }: Plan, events: readonly StoryEvent[]): number {
  const fine = new Set(checkouts.filter(({ weather }) => weather === "fine").map(({ order }) => order));
  const failed = events.filter(({ order, isFailure }) => isFailure && fine.has(order));
  return new Set(failed.map(({ order }) => order)).size;
}
