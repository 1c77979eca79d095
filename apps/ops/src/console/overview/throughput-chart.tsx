import { formatCount } from "../elements/count.ts";
import { DataTable } from "../elements/data-table.tsx";
import type { Throughput } from "../queue-reader.ts";

const WIDTH = 600;
const HEIGHT = 120;
const GAP = 2;

/** Jobs that ended in each minute, as bars, and the same as a table. Failed ones stand on top and are hatched. */
export function ThroughputChart({ throughput }: { throughput: Throughput }) {
  const { completed, failed } = throughput;
  const bars = completed.map(({ minute, count }, index) => ({
    minute,
    completed: count,
    failed: failed[index]?.count ?? 0,
  }));
  const totals = { completed: sum(completed), failed: sum(failed) };
  const peak = Math.max(...bars.map((bar) => bar.completed + bar.failed), 1);
  const clock = (at: Date | undefined) => at?.toISOString().slice(11, 16);
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby="chart-title chart-desc">
        <title id="chart-title">Jobs that ended per minute, last {bars.length} minutes</title>
        <desc id="chart-desc">
          {`${formatCount(totals.completed)} finished and ${formatCount(totals.failed)} failed; at most ${formatCount(peak)} in a minute.`}
        </desc>
        <defs>
          <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="4" height="4" class="hatch-ground" />
            <rect width="2" height="4" class="hatch-line" />
          </pattern>
        </defs>
        <line class="chart-line" x1="0" x2={WIDTH} y1="0.5" y2="0.5" />
        {bars.map((bar, index) => (
          <Bar key={index} {...bar} index={index} width={WIDTH / bars.length} scale={(HEIGHT - 4) / peak} />
        ))}
        <line class="chart-line" x1="0" x2={WIDTH} y1={HEIGHT + 0.5} y2={HEIGHT + 0.5} />
      </svg>
      {/* Words outside the drawing, which is as wide as the screen, and they are not. */}
      <p class="chart-scale" aria-hidden="true">
        <span>{clock(bars[0]?.minute)}</span>
        <span>{`highest: ${formatCount(peak)} per minute`}</span>
        <span>{clock(bars.at(-1)?.minute)}</span>
      </p>
      <figcaption>
        {`${formatCount(totals.completed)} finished, ${formatCount(totals.failed)} failed in ${bars.length} minutes, as BullMQ's workers counted. A job finishes when its payment needs no more waking; it fails for errors of ours.`}
      </figcaption>
      <details>
        <summary>As a table</summary>
        <DataTable
          caption="Jobs that ended per minute"
          isCaptionHidden
          rows={bars.filter((bar) => bar.completed + bar.failed > 0).reverse()}
          rowKey={({ minute }) => minute.toISOString()}
          columns={[
            { header: "Minute", cell: ({ minute }) => `${minute.toISOString().slice(0, 16)}Z`, isRowHeader: true },
            { header: "Finished", cell: (bar) => formatCount(bar.completed), isNumber: true },
            { header: "Failed", cell: (bar) => formatCount(bar.failed), isNumber: true },
          ]}
        />
        <p class="hint">Minutes without any are left out.</p>
      </details>
    </figure>
  );
}

interface BarProps {
  completed: number;
  failed: number;
  index: number;
  width: number;
  /** Height of one job. */
  scale: number;
}

function Bar({ completed, failed, index, width, scale }: BarProps) {
  const x = index * width + GAP / 2;
  const [height, failedHeight] = [completed * scale, failed * scale];
  return (
    <>
      {completed > 0 && <rect class="chart-bar" x={x} width={width - GAP} y={HEIGHT - height} height={height} />}
      {failed > 0 && (
        <rect fill="url(#hatch)" x={x} width={width - GAP} y={HEIGHT - height - failedHeight} height={failedHeight} />
      )}
    </>
  );
}

function sum(counts: readonly { count: number }[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
