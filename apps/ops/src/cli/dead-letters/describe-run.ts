import type { BulkRun } from "@payonce/db/operations";
import { count } from "../terminal/words.ts";

/** A run in a line or two. */
export function describeRun({ id, status, retried, changed, notDeadLettered, left, total }: BulkRun): string {
  const parts = [`${retried.toLocaleString("en")} of ${count(total, "payment")} retried`];
  if (changed > 0) parts.push(`${changed.toLocaleString("en")} left alone that had changed since`);
  if (notDeadLettered > 0)
    parts.push(`${notDeadLettered.toLocaleString("en")} left alone that were no dead letters any more`);
  if (left > 0) parts.push(`${left.toLocaleString("en")} to go`);
  return `${id} is ${status}: ${parts.join(", ")}.\n`;
}
