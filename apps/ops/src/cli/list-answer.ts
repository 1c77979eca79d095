import type { Answer } from "./answer.ts";
import { type Column, table } from "./terminal/table.ts";

export interface ListDescription<Row> {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  hasMore?: boolean;
  /** A row as machines get it. */
  toResource(row: Row): object;
  /** What people are told when there is no row. */
  nothing: string;
}

/** A page of a list: rows under their titles, and for machines the API's form of a list. */
export function listAnswer<Row>(description: ListDescription<Row>): Answer {
  const { columns, rows, hasMore = false, toResource, nothing } = description;
  return {
    json: { object: "list", data: rows.map(toResource), has_more: hasMore },
    text: (look) => {
      if (rows.length === 0) return `${nothing}\n`;
      return `${table(look, columns, rows)}${hasMore ? "… and more: a larger --limit shows them\n" : ""}`;
    },
  };
}
