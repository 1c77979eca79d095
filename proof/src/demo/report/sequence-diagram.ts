import { euros } from "../result-table.ts";
import type { Crash, Party, StoryEvent } from "../story-log.ts";
import { escapeHtml } from "./escape-html.ts";

const WIDTH = 430;
const LANES: Record<Party, number> = { customer: 82, service: 196, provider: 302, database: 396 };
const HEAD = 34;
const ROW = 31;
const GAP_ROW = 30;
/** A longer silence is shown as one. */
const gapMs = 900;

export interface DiagramOptions {
  /** What the service is called. */
  service: string;
  amountMinor: number;
  events: readonly StoryEvent[];
  crashes: readonly Crash[];
  /** For those who cannot see it. */
  label: string;
}

type Row =
  | { kind: "event"; atMs: number; event: StoryEvent }
  | { kind: "down" | "back"; atMs: number }
  | { kind: "gap"; atMs: number; ms: number };

/** Draws what happened to one order: a lane for each party, time from top to bottom, one row for each thing. */
export function drawSequence({ service, amountMinor, events, crashes, label }: DiagramOptions): string {
  const rows = withGaps(withCrashes(events, crashes));
  const firstMs = rows[0]?.atMs ?? 0;
  let y = HEAD + 12;
  let takenTimes = 0;
  let downAt: number | undefined;
  const drawn: string[] = [];
  const downtimes: string[] = [];
  for (const row of rows) {
    y += row.kind === "gap" ? GAP_ROW : ROW;
    if (row.kind === "gap") {
      drawn.push(text(WIDTH / 2 + 20, y - 7, `${(row.ms / 1000).toFixed(1)} s pass`, "gap", "middle"));
      continue;
    }
    drawn.push(text(34, y + 4, `${((row.atMs - firstMs) / 1000).toFixed(2)}`, "time", "end"));
    if (row.kind === "event") {
      if (row.event.isMoney) takenTimes++;
      drawn.push(row.event.isMoney ? drawMoney(y, amountMinor, takenTimes) : drawEvent(y, row.event));
      continue;
    }
    if (row.kind === "down") downAt = y;
    else if (downAt !== undefined) downtimes.push(downtime(downAt, y));
    if (row.kind === "back") downAt = undefined;
    drawn.push(
      drawMark(y, LANES.service, row.kind === "down" ? "killed" : "back", row.kind === "down" ? "bad" : "plain"),
    );
  }
  drawn.push(text(34, 20, "s", "time", "end"));
  const height = y + 22;
  if (downAt !== undefined) downtimes.push(downtime(downAt, height));
  const lanes = (Object.keys(LANES) as Party[]).map((party) => drawLane(party, service, height)).join("");
  return `<svg class="sequence" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(label)}">${lanes}${downtimes.join("")}${drawn.join("")}</svg>`;
}

/** Only crashes that this order lived through. */
function withCrashes(events: readonly StoryEvent[], crashes: readonly Crash[]): Row[] {
  const [firstMs, lastMs] = [events[0]?.atMs ?? 0, events.at(-1)?.atMs ?? 0];
  const felt = crashes.filter(({ atMs }) => atMs > firstMs && atMs < lastMs);
  const rows: Row[] = [
    ...events.map((event): Row => ({ kind: "event", atMs: event.atMs, event })),
    ...felt.map(({ atMs }): Row => ({ kind: "down", atMs })),
    ...felt.map(({ backAtMs }): Row => ({ kind: "back", atMs: backAtMs })),
  ];
  return rows.sort((a, b) => a.atMs - b.atMs);
}

function withGaps(rows: readonly Row[]): Row[] {
  return rows.flatMap((row, i) => {
    const ms = row.atMs - (rows[i - 1]?.atMs ?? row.atMs);
    return ms < gapMs ? [row] : [{ kind: "gap" as const, atMs: row.atMs, ms }, row];
  });
}

function drawLane(party: Party, service: string, height: number): string {
  const x = LANES[party];
  const name = party === "service" ? service : `${party[0]?.toUpperCase()}${party.slice(1)}`;
  const line = `<line class="lane" x1="${x}" x2="${x}" y1="${HEAD}" y2="${height - 6}"/>`;
  return text(x, 20, name, "party", "middle") + line;
}

function downtime(fromY: number, toY: number): string {
  return `<rect class="down" x="${LANES.service - 5}" y="${fromY}" width="10" height="${toY - fromY}"/>`;
}

function drawEvent(y: number, { from, to, text: said, isLost = false }: StoryEvent): string {
  const [x1, x2] = [LANES[from], LANES[to]];
  if (x1 === x2) return drawMark(y, x1, said, "bad");
  const direction = Math.sign(x2 - x1);
  // What is lost does not arrive.
  const end = isLost ? x2 - direction * 20 : x2 - direction * 2;
  const head = isLost
    ? `<path class="cross" d="M${end - 5} ${y - 5}l10 10m0-10l-10 10"/>`
    : `<path class="head" d="M${end} ${y}l${-direction * 8} -4v8z"/>`;
  const line = `<line class="arrow${isLost ? " lost" : ""}" x1="${x1}" x2="${end}" y1="${y}" y2="${y}"/>`;
  return line + head + text((x1 + x2) / 2, y - 6, said, isLost ? "said lost" : "said", "middle");
}

function drawMoney(y: number, amountMinor: number, times: number): string {
  const tone = times > 1 ? "bad" : "good";
  const said = `takes ${euros(amountMinor)}${times > 1 ? " again" : ""}`;
  const coin = `<circle class="coin ${tone}" cx="${LANES.provider}" cy="${y}" r="9"/>`;
  return `${coin}${text(LANES.provider, y + 4, "€", "euro", "middle")}${text(LANES.provider - 14, y + 4, said, `money ${tone}`, "end")}`;
}

function drawMark(y: number, x: number, said: string, tone: "bad" | "plain"): string {
  return `<circle class="mark ${tone}" cx="${x}" cy="${y}" r="5"/>${text(x + 10, y + 4, said, `money ${tone}`, "start")}`;
}

function text(x: number, y: number, said: string, kind: string, anchor: "start" | "middle" | "end"): string {
  return `<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${escapeHtml(said)}</text>`;
}
