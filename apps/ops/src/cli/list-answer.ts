import type { Answer } from "./answer.ts";
import { type Column, table } from "./terminal/table.ts";

/**
 * A page of a list: rows under their titles, and for machines the API's form of a list.
 *
 * @param nothing what people are told when there is no row
 */
export function listAnswer<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  hasMore: boolean,
  nothing: string,
): Answer {
  return {
    json: { object: "list", data: rows, hasMore },
    text: (look) => {
      if (rows.length === 0) return `${nothing}\n`;
      return `${table(look, columns, rows)}${hasMore ? "… and more: a larger --limit shows them\n" : ""}`;
    },
  };
}
