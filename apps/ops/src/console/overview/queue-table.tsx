import { Badge } from "../elements/badge.tsx";
import { formatCount } from "../elements/count.ts";
import { DataTable } from "../elements/data-table.tsx";
import { Icon } from "../elements/icon.tsx";
import type { QueueCounts } from "../queue-reader.ts";

const JOB_STATES = ["waiting", "active", "delayed", "failed", "completed"];

/** How many jobs BullMQ has, by state; null while Redis is away. */
export function QueueTable({ queues }: { queues: readonly QueueCounts[] | null }) {
  return (
    <section class="card" id="queues" aria-labelledby="queues-heading">
      <h2 id="queues-heading">Jobs in BullMQ</h2>
      {queues === null ? (
        <p class="away">
          <Icon name="alert" />
          Redis is away: how many jobs wait is not known. No payment is lost; missing jobs are made anew.
        </p>
      ) : (
        <DataTable
          caption="Jobs in BullMQ, by queue and state"
          isCaptionHidden
          rows={queues}
          rowKey={({ name }) => name}
          columns={[
            { header: "Queue", cell: (queue) => <QueueLink {...queue} />, isRowHeader: true },
            ...JOB_STATES.map((state) => ({
              header: capitalize(state),
              cell: ({ counts }: QueueCounts) => formatCount(counts[state] ?? 0),
              isNumber: true,
            })),
          ]}
        />
      )}
    </section>
  );
}

function capitalize(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}

function QueueLink({ name, isPaused }: QueueCounts) {
  return (
    <span>
      <a id={`queue-${name}`} href={`/queues/queue/${name}`}>
        {name}
      </a>{" "}
      {isPaused && (
        <Badge tone="warn" icon="pause">
          Paused
        </Badge>
      )}
    </span>
  );
}
