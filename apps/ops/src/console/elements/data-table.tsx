import type { ComponentChildren } from "preact";

export interface Column<Row> {
  header: string;
  cell: (row: Row) => ComponentChildren;
  /** Numbers stand to the right. */
  isNumber?: boolean;
  /** The cell that names the row. */
  isRowHeader?: boolean;
  /** Longer text than others: gets more of the width. */
  isWide?: boolean;
  /** For a column whose cells speak for themselves. */
  isHeaderHidden?: boolean;
}

export interface DataTableProps<Row> {
  /** Says what the table holds; shown unless `isCaptionHidden`, where a heading says so already. */
  caption: string;
  isCaptionHidden?: boolean;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Narrow enough for a phone: it stays a table there. */
  isNarrow?: boolean;
}

/** Says again what an element is, because browsers forget it of the parts of a table whose `display` is another. */
const withRole = (role: "table" | "rowgroup" | "row" | "columnheader" | "rowheader" | "cell") => ({ role });

/** A table, which on a phone becomes a card for each row with the header of each cell in front of it. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, isCaptionHidden = false, columns, rows, rowKey, isNarrow = false } = props;
  return (
    <table class={isNarrow ? "table" : "table is-cards"} {...withRole("table")}>
      <caption class={isCaptionHidden ? "visually-hidden" : undefined}>{caption}</caption>
      <thead {...withRole("rowgroup")}>
        <tr {...withRole("row")}>
          {columns.map(({ header, isNumber, isHeaderHidden }) => (
            <th key={header} scope="col" {...withRole("columnheader")} class={isNumber ? "is-number" : undefined}>
              {isHeaderHidden ? <span class="visually-hidden">{header}</span> : header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody {...withRole("rowgroup")}>
        {rows.map((row) => (
          <tr key={rowKey(row)} {...withRole("row")}>
            {columns.map((column) => (
              <Cell key={column.header} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const { header, cell, isNumber, isRowHeader, isWide } = column;
  const className = isNumber ? "is-number" : undefined;
  const content = <div class={isWide ? "cell is-wide" : "cell"}>{cell(row)}</div>;
  return isRowHeader ? (
    <th scope="row" {...withRole("rowheader")} class={className} data-label={header}>
      {content}
    </th>
  ) : (
    <td {...withRole("cell")} class={className} data-label={header}>
      {content}
    </td>
  );
}
