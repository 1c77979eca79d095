import type { BulkRun } from "@payonce/db/operations";
import { formatCount } from "../elements/count.ts";
import { DetailsList } from "../elements/details-list.tsx";
import { describeSeconds, TimeAndAge } from "../elements/time.tsx";
import { BulkRunStatus } from "./bulk-run-status.tsx";

/** How far a run is; the part of its page that is fetched again. `shownStatus` is what the rest of the page is made for. */
export function BulkRunProgress({ run, shownStatus, now }: { run: BulkRun; shownStatus: string; now: Date }) {
  const { id, status, total, left, retried, changed, notDeadLettered, ratePerSecond, endedAt } = run;
  const done = total - left;
  return (
    <section class="card" aria-label="Progress">
      <p class="badges">
        <BulkRunStatus status={status} />
      </p>
      <label class="progress">
        <span>
          <strong>{formatCount(done)}</strong> of {formatCount(total)} done
        </span>
        <progress max={Math.max(total, 1)} value={total === 0 ? 1 : done} />
      </label>
      {status === "running" && left > 0 && (
        <p class="muted">
          {`At ${ratePerSecond} per second about ${describeSeconds(Math.max(left / ratePerSecond, 1))} are left.`}
        </p>
      )}
      {endedAt && (
        <p class="muted">
          {status === "aborted" ? "Aborted " : "Ended "}
          <TimeAndAge at={endedAt} now={now} />
        </p>
      )}
      <DetailsList
        entries={[
          ["Retried", formatCount(retried)],
          ["Left alone: changed meanwhile", formatCount(changed)],
          ["Left alone: no dead letter any more", formatCount(notDeadLettered)],
          ["Still to do", formatCount(left)],
        ]}
      />
      <div role="status">
        {status !== shownStatus && (
          <p class="changed-words">
            {`The run is ${status}. `}
            <a id="load-again" href={`/bulk-runs/${id}`}>
              Load the page again
            </a>
          </p>
        )}
      </div>
    </section>
  );
}
