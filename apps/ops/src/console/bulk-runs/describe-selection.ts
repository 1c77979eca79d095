import type { BulkSelection } from "@payonce/db/operations";
import { describeFilter } from "../dead-letters/dead-letter-query.ts";
import { countOf } from "../elements/count.ts";

/** Which dead letters, in words. */
export function describeSelection(selection: BulkSelection): string {
  if ("ids" in selection) return `${countOf(selection.ids.length, "payment", "payments")}, chosen one by one.`;
  const conditions = describeFilter(selection.filter);
  return conditions.length === 0 ? "All dead letters." : `All dead letters that match: ${conditions.join("; ")}.`;
}
