import type { BulkRun } from "@payonce/db/operations";
import { ActionForm } from "../elements/action-form.tsx";
import { DetailsList } from "../elements/details-list.tsx";
import type { FormFailure } from "../elements/form-failure.ts";
import { LiveRegion } from "../elements/live-region.tsx";
import type { Notice } from "../elements/notice.tsx";
import { TimeAndAge } from "../elements/time.tsx";
import { renderPage, type SignedIn } from "../layout.tsx";
import { BulkRunProgress } from "./bulk-run-progress.tsx";
import { describeSelection } from "./describe-selection.ts";

export interface BulkRunPage {
  run: BulkRun;
  now: Date;
  signedIn: SignedIn;
  mayAct: boolean;
  notice?: Notice | undefined;
  failure?: FormFailure | undefined;
}

export function renderBulkRun({ run, now, signedIn, mayAct, notice, failure }: BulkRunPage): string {
  const { id, status } = run;
  return renderPage(
    { title: `Bulk run ${id}`, section: "/bulk-runs", signedIn, notice },
    <>
      <div class="page-head">
        <h1>
          Bulk retry <code class="page-id">{id}</code>
        </h1>
      </div>
      <LiveRegion
        id="progress"
        href={`/bulk-runs/${id}/progress?status=${status}`}
        everySeconds={1}
        isLive={status === "running"}
      >
        <BulkRunProgress run={run} shownStatus={status} now={now} />
      </LiveRegion>
      <section class="card" aria-labelledby="facts-heading">
        <h2 id="facts-heading">What was asked for</h2>
        <DetailsList
          entries={[
            ["Selection", describeSelection(run.selection)],
            ["Reason", <q>{run.reason}</q>],
            ["Started by", `${run.actor} (${run.via})`],
            ["Started", <TimeAndAge at={run.createdAt} now={now} />],
            ["Rate", `${run.ratePerSecond} per second`],
          ]}
        />
      </section>
      {mayAct && status === "running" && (
        <section class="card" aria-labelledby="abort-heading">
          <h2 id="abort-heading">Abort</h2>
          <p>No further payment is retried. What was retried stays retried; the run can be resumed.</p>
          <ActionForm
            name="abort"
            action={`/bulk-runs/${id}/abort`}
            submitLabel="Abort this run"
            isDangerous
            csrf={signedIn.csrf}
            failure={failure}
          />
        </section>
      )}
      {mayAct && status === "aborted" && (
        <section class="card" aria-labelledby="resume-heading">
          <h2 id="resume-heading">Resume</h2>
          <p>It goes on with those that are left. What has changed since the run was started is left alone.</p>
          <ActionForm
            name="resume"
            action={`/bulk-runs/${id}/resume`}
            submitLabel="Resume this run"
            csrf={signedIn.csrf}
            failure={failure}
          />
        </section>
      )}
    </>,
  );
}
