import type { Latency } from "../scenarios/burst-and-steady.ts";
import type { Ratios, Summary } from "./summary.ts";

/** Ready to be read; the first row is the head, the first column says what the row is. */
export type Table = readonly (readonly string[])[];

const NOTHING = "–";

export function mainTable(summaries: readonly Summary[]): Table {
  const hasLarge = summaries.some(({ largeBurst }) => largeBurst);
  const rows = summaries.map((one) => [
    one.contestant,
    whole(one.acceptedPerSecond),
    whole(one.burst?.acceptedPerSecond),
    whole(one.burst?.settledPerSecond),
    ...(hasLarge ? [whole(one.largeBurst?.settledPerSecond)] : []),
    latency(one.at50),
    latency(one.atHalf),
    fixed(one.burst && total(one.burst.cpuMsPerPayment), 2),
    megabytes(total(one.peakBytes)),
    whole(one.burst?.postgresBytesPerPayment),
    whole(one.burst?.redisBytesPerPayment),
  ]);
  const head = [
    "",
    "accepted/s",
    "in burst",
    "settled/s",
    ...(hasLarge ? ["of 50,000"] : []),
    "p50/p99 at 50/s",
    "at half",
    "CPU ms",
    "MB",
    "Postgres B",
    "Redis B",
  ];
  return [head, ...rows];
}

/** CPU per payment, or memory, by process. */
export function processTable(
  summaries: readonly Summary[],
  read: (one: Summary) => Record<string, number> | undefined,
  write: (value: number | undefined) => string,
): Table {
  const some = summaries.filter((one) => read(one));
  const processes = [...new Set(some.flatMap((one) => Object.keys(read(one) ?? {})))];
  return [
    ["", ...processes],
    ...some.map((one) => [one.contestant, ...processes.map((name) => write(read(one)?.[name]))]),
  ];
}

export function ratioTable(ratios: Ratios): Table {
  const row = (title: string, value: number, goal: string) => [title, fixed(value, 2), goal];
  return [
    ["Payonce", "ratio", "wanted"],
    row("accepted ÷ ceiling", ratios.acceptedToCeiling, "≥ 0.80"),
    row("settled ÷ best peer", ratios.settledToBestPeer, "≥ 2.0"),
    row("p50 at 50/s ÷ best peer", ratios.p50ToBestPeer, "≤ 1"),
    row("p99 at 50/s ÷ best peer", ratios.p99ToBestPeer, "≤ 1"),
  ];
}

export function printTable(table: Table): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
  const lines = table.map((row) => `  ${row.map(pad).join("   ")}`.trimEnd());
  const rule = `  ${"─".repeat(widths.reduce((sum, width) => sum + width + 3, -3))}`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

export function toMarkdown(table: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const [head = [], ...rows] = table;
  return [line(head), line(head.map((_, column) => (column === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

export function whole(value: number | undefined): string {
  return isMissing(value) ? NOTHING : Math.round(value).toLocaleString("en");
}

export function fixed(value: number | undefined, digits: number): string {
  return isMissing(value) ? NOTHING : value.toFixed(digits);
}

export function megabytes(value: number | undefined): string {
  return isMissing(value) ? NOTHING : whole(value / 1_000_000);
}

function latency(value: Latency | undefined): string {
  if (!value) return NOTHING;
  const ms = (one: number) => (one < 100 ? one.toFixed(1) : whole(one));
  return `${ms(value.p50Ms)} / ${ms(value.p99Ms)} ms`;
}

function total(values: Record<string, number>): number {
  return Object.values(values).reduce((sum, value) => sum + value, 0);
}

function isMissing(value: number | undefined): value is undefined {
  return value === undefined || Number.isNaN(value);
}
