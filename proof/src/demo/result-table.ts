import type { Judgement } from "./judge.ts";

export interface ResultRow {
  title: string;
  /** Ready to be read. */
  naive: string;
  payonce: string;
  /** Where more than none is a loss. */
  isLoss: boolean;
}

/** `123456` → `"€1,234.56"`. */
export function euros(amountMinor: number): string {
  const whole = String(Math.trunc(amountMinor / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `€${whole}.${String(amountMinor % 100).padStart(2, "0")}`;
}

/** The rows that terminal, report and README share. */
export function resultRows(naive: Judgement, payonce: Judgement): ResultRow[] {
  const row = (title: string, isLoss: boolean, read: (judgement: Judgement) => string): ResultRow => {
    return { title, isLoss, naive: read(naive), payonce: read(payonce) };
  };
  return [
    row("Checkouts", false, ({ fates }) => String(fates.size)),
    row("Customers charged twice or more", true, ({ chargedTwice }) => String(chargedTwice.length)),
    row("Charges without a record", true, ({ unrecorded }) => {
      const { charges, amountMinor } = unrecorded;
      return charges.length === 0 ? "0" : `${charges.length} (${euros(amountMinor)})`;
    }),
    row("Told paid or accepted, never charged", true, ({ neverCharged }) => String(neverCharged.length)),
    row("Gave up without paying", true, ({ gaveUp }) => String(gaveUp.length)),
    row("Taken by the provider", false, ({ takenMinor }) => euros(takenMinor)),
    row("Owed back", true, ({ owedBackMinor }) => euros(owedBackMinor)),
  ];
}

/** As text, in columns. */
export function printTable(rows: readonly ResultRow[]): string {
  const heads: [string, string, string] = ["", "Naive service", "Payonce"];
  const cells = [heads, ...rows.map(({ title, naive, payonce }): typeof heads => [title, naive, payonce])];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const line = ([title, naive, payonce]: typeof heads) =>
    `  ${title.padEnd(widths[0] ?? 0)}   ${naive.padStart(widths[1] ?? 0)}   ${payonce.padStart(widths[2] ?? 0)}`;
  const rule = `  ${"─".repeat(widths.reduce((sum, width) => sum + width, 6))}`;
  return [line(heads), rule, ...cells.slice(1).map(line)].join("\n");
}
