import type { Summary } from "./summary.ts";
import { whole } from "./tables.ts";

const width = 860;
const labelWidth = 150;
const valueWidth = 150;
const barHeight = 18;
const rowHeight = 28;
const titleHeight = 44;
const margin = 24;
const ours = "#0f766e";
const others = "#94a3b8";

interface Bar {
  name: string;
  value: number;
  text: string;
  /** A second value of the same row, drawn as a mark; on a logarithmic scale both are. */
  mark?: number;
}

/** The three figures that decide, as bars: an SVG that needs no script, no font of its own and no library. */
export function drawPlot(summaries: readonly Summary[], note: string): string {
  const panels = [
    drawBars("Accepted a second, while nothing is charged", accepted(summaries), linear),
    drawBars("Settled a second, of a burst of 5,000", settled(summaries), linear),
    drawBars(
      "From acceptance to result at 50 a second, in milliseconds (logarithmic): p50, and a line at p99",
      latencies(summaries),
      logarithmic,
    ),
  ].filter((panel) => panel.height > 0);
  let y = margin;
  const placed = panels.map((panel) => {
    const text = `<g transform="translate(${margin} ${y})">${panel.svg}</g>`;
    y += panel.height;
    return text;
  });
  const height = y + margin;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="#1e293b">
<title>Accepted and settled payments a second, and latency, of each contestant</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${placed.join("\n")}
<text x="${margin}" y="${height - 14}" font-size="11" fill="#64748b">${escapeXml(note)}</text>
</svg>
`;
}

function accepted(summaries: readonly Summary[]): Bar[] {
  return summaries.map(({ contestant, acceptedPerSecond }) => rate(contestant, acceptedPerSecond));
}

function settled(summaries: readonly Summary[]): Bar[] {
  return summaries.flatMap(({ contestant, burst }) => (burst ? [rate(contestant, burst.settledPerSecond)] : []));
}

function rate(name: string, value: number): Bar {
  return { name, value, text: whole(value) };
}

function latencies(summaries: readonly Summary[]): Bar[] {
  return summaries.flatMap(({ contestant, at50 }) => {
    if (!at50) return [];
    const { p50Ms, p99Ms } = at50;
    return [{ name: contestant, value: p50Ms, mark: p99Ms, text: `${p50Ms.toFixed(1)} / ${p99Ms.toFixed(1)}` }];
  });
}

type Scale = (value: number, largest: number) => number;
const linear: Scale = (value, largest) => value / largest;
/** From a tenth of a millisecond on. */
const logarithmic: Scale = (value, largest) =>
  Math.max(0, Math.log10(Math.max(value, 0.1) / 0.1)) / Math.log10(Math.max(largest, 1) / 0.1);

function drawBars(title: string, bars: readonly Bar[], scale: Scale): { svg: string; height: number } {
  const known = bars.filter(({ value }) => value > 0);
  if (known.length === 0) return { svg: "", height: 0 };
  const largest = Math.max(...known.flatMap(({ value, mark = 0 }) => [value, mark]));
  const room = width - 2 * margin - labelWidth - valueWidth;
  const lengthOf = (value: number) => Math.round(scale(value, largest) * room);
  const rows = known.map(({ name, value, mark, text }, index) => {
    const y = titleHeight + index * rowHeight;
    const color = name === "payonce" ? ours : others;
    const end = labelWidth + lengthOf(mark ?? value);
    const baseline = y + barHeight - 4;
    const toMark =
      mark === undefined
        ? ""
        : `<path d="M${labelWidth + lengthOf(value)} ${y + barHeight / 2}H${end}M${end} ${y + 2}v${barHeight - 4}" stroke="${color}" stroke-width="2"/>`;
    const weight = name === "payonce" ? ' font-weight="600"' : "";
    return `<text x="${labelWidth - 12}" y="${baseline}" text-anchor="end"${weight}>${escapeXml(name)}</text>
<rect x="${labelWidth}" y="${y}" width="${lengthOf(value)}" height="${barHeight}" rx="2" fill="${color}"/>${toMark}
<text x="${end + 8}" y="${baseline}"${weight}>${escapeXml(text)}</text>`;
  });
  const head = `<text y="22" font-size="15" font-weight="600">${escapeXml(title)}</text>`;
  return { svg: [head, ...rows].join("\n"), height: titleHeight + known.length * rowHeight + 12 };
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
