import type { BulkRun } from "@payonce/db/operations";
import { formatCount } from "../elements/count.ts";
import { DataTable } from "../elements/data-table.tsx";
import { Pager } from "../elements/pager.tsx";
import { Age } from "../elements/time.tsx";
import { renderPage, type SignedIn } from "../layout.tsx";
import { hrefWith } from "../query.ts";
import { BulkRunStatus } from "./bulk-run-status.tsx";
import { describeSelection } from "./describe-selection.ts";

export interface BulkRunsPage {
  runs: readonly BulkRun[];
  before: string | undefined;
  /** Where the next page starts; null when there is none. */
  next: string | null;
  now: Date;
  signedIn: SignedIn;
}

export function renderBulkRuns({ runs, before, next, now, signedIn }: BulkRunsPage): string {
  return renderPage(
    { title: "Bulk runs", section: "/bulk-runs", signedIn },
    <>
      <h1>Bulk runs</h1>
      <p class="lead">
        Retries of many dead letters in the background. A run is started from the{" "}
        <a href="/dead-letters">dead letters</a>.
      </p>
      {runs.length === 0 ? (
        <p class="card empty">There has been no bulk run.</p>
      ) : (
        <DataTable
          caption="Bulk runs, the newest first"
          isCaptionHidden
          rows={runs}
          rowKey={({ id }) => id}
          columns={[
            {
              header: "Run",
              cell: ({ id }) => (
                <a class="id-link" href={`/bulk-runs/${id}`}>
                  {id}
                </a>
              ),
              isRowHeader: true,
            },
            { header: "State", cell: ({ status }) => <BulkRunStatus status={status} /> },
            {
              header: "Done",
              cell: ({ total, left }) => `${formatCount(total - left)} of ${formatCount(total)}`,
              isNumber: true,
            },
            {
              header: "What and why",
              isWide: true,
              cell: ({ selection, reason }) => (
                <>
                  {describeSelection(selection)}
                  <span class="sub">{reason}</span>
                </>
              ),
            },
            { header: "By", cell: ({ actor, via }) => `${actor} (${via})` },
            { header: "Started", cell: ({ createdAt }) => <Age at={createdAt} now={now} /> },
          ]}
        />
      )}
      <Pager
        firstHref="/bulk-runs"
        nextHref={next === null ? null : hrefWith("/bulk-runs", { before: next })}
        isFirst={before === undefined}
      />
    </>,
  );
}
