import { cutText, widthOf } from "./cut-text.ts";
import { type Colour, type Look, paint } from "./look.ts";
import { printable } from "./printable.ts";

export interface Column<Row> {
  title: string;
  /** Null and undefined are shown as `-`. */
  value(row: Row): string | number | null | undefined;
  colour?(row: Row): Colour | undefined;
  isRight?: boolean;
  /** May be cut to fit the terminal. Ids may not: they are there to be copied. */
  isCuttable?: boolean;
  /** Left out where no row has a value. */
  isOptional?: boolean;
}

/** A column is never cut below this; a table that does not fit then is left to the terminal to wrap. */
const NARROWEST = 8;
const GAP = "  ";

/** Rows under their titles, aligned. Whatever the values hold, each row stays one line. */
export function table<Row>(look: Look, allColumns: readonly Column<Row>[], rows: readonly Row[]): string {
  const columns = allColumns.filter(({ isOptional, value }) => !isOptional || rows.some((row) => value(row) != null));
  const cells = rows.map((row) => columns.map(({ value }) => printable(String(value(row) ?? "-"))));
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...cells.map((line) => widthOf(line[i] ?? ""))));
  fit(columns, widths, look.width);
  const line = (texts: string[], colourAt: (i: number) => Colour | undefined) =>
    texts
      .map((text, i) => {
        const width = widths[i] ?? 0;
        const shown = cutText(text, width);
        const space = " ".repeat(width - widthOf(shown));
        const painted = paint(look, colourAt(i), shown);
        const isLast = i === texts.length - 1;
        return columns[i]?.isRight ? `${space}${painted}` : `${painted}${isLast ? "" : space}`;
      })
      .join(GAP);
  const head = line(
    columns.map(({ title }) => title),
    () => "dim",
  );
  const body = rows.map((row, r) => line(cells[r] ?? [], (i) => columns[i]?.colour?.(row)));
  return [head, ...body].map((text) => `${text.trimEnd()}\n`).join("");
}

/** Takes from the widest column that may be cut, until the line fits. */
function fit<Row>(columns: readonly Column<Row>[], widths: number[], available: number | undefined): void {
  if (available === undefined) return;
  let excess = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)) - available;
  while (excess > 0) {
    const cuttable = widths.map((width, i) => (columns[i]?.isCuttable ? width : 0));
    const widest = Math.max(...cuttable);
    if (widest <= NARROWEST) return;
    widths[cuttable.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
}
