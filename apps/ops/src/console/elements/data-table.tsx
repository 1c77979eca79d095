import type { ComponentChildren } from "preact";

export interface Column<Row> {
  header: string;
  cell: (row: Row) => ComponentChildren;
  /** Numbers stand to the right. */
  isNumber?: boolean;
  /** The cell that names the row. */
  isRowHeader?: boolean;
}

export interface DataTableProps<Row> {
  /** Says what the table holds; shown unless `isCaptionHidden`, where a heading says so already. */
  caption: string;
  isCaptionHidden?: boolean;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

/** Says again what an element is, because browsers forget it of the parts of a table whose `display` is another. */
const withRole = (role: "table" | "rowgroup" | "row" | "columnheader" | "rowheader" | "cell") => ({ role });

/** A table, which on a phone becomes a card for each row with the header of each cell in front of it. */
export function DataTable<Row>({ caption, isCaptionHidden = false, columns, rows, rowKey }: DataTableProps<Row>) {
  return (
    <table class="table" {...withRole("table")}>
      <caption class={isCaptionHidden ? "visually-hidden" : undefined}>{caption}</caption>
      <thead {...withRole("rowgroup")}>
        <tr {...withRole("row")}>
          {columns.map(({ header, isNumber }) => (
            <th key={header} scope="col" {...withRole("columnheader")} class={isNumber ? "is-number" : undefined}>
              {header}
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
  const { header, cell, isNumber, isRowHeader } = column;
  const className = isNumber ? "is-number" : undefined;
  const content = <div class="cell">{cell(row)}</div>;
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
