import { ANOMALY_RESOLUTIONS, type Anomaly, type AnomalyEnd, type AnomalyResolution } from "@payonce/db/operations";
import { ActionForm } from "../elements/action-form.tsx";
import { DetailsList } from "../elements/details-list.tsx";
import { errorAt } from "../elements/field.tsx";
import { type FormFailure, failureOf } from "../elements/form-failure.ts";
import { JsonBlock } from "../elements/json-block.tsx";
import type { Notice } from "../elements/notice.tsx";
import { TimeAndAge } from "../elements/time.tsx";
import { anomalyWords, resolutionWords } from "../elements/words.ts";
import { renderPage, type SignedIn } from "../layout.tsx";
import { AnomalyStatus } from "./anomalies-page.tsx";

export interface AnomalyPage {
  anomaly: Anomaly;
  /** Who resolved it, and why; null while it is open. */
  end: AnomalyEnd | null;
  now: Date;
  signedIn: SignedIn;
  mayAct: boolean;
  notice?: Notice | undefined;
  failure?: FormFailure | undefined;
}

export function renderAnomaly({ anomaly, end, now, signedIn, mayAct, notice, failure }: AnomalyPage): string {
  const { id, kind, paymentId, providerObjectId, openedAt, resolvedAt, evidence } = anomaly;
  return renderPage(
    { title: `Anomaly: ${anomalyWords(kind)}`, section: "/anomalies", signedIn, notice },
    <>
      <h1>{anomalyWords(kind)}</h1>
      <section class="card" aria-labelledby="facts-heading">
        <h2 id="facts-heading">Anomaly</h2>
        <p class="badges">
          <AnomalyStatus {...anomaly} />
        </p>
        <DetailsList
          entries={[
            [
              "Payment",
              paymentId ? (
                <a class="id-link" href={`/payments/${paymentId}`}>
                  {paymentId}
                </a>
              ) : (
                "None here"
              ),
            ],
            ["Provider's object", providerObjectId && <code>{providerObjectId}</code>],
            ["Kind", <code>{kind}</code>],
            ["Id", <code>{id}</code>],
            ["Opened", <TimeAndAge at={openedAt} now={now} />],
            ["Resolved", resolvedAt && <TimeAndAge at={resolvedAt} now={now} />],
            ["By", end?.actor],
            ["Reason", end && <q>{end.reason}</q>],
          ]}
        />
      </section>
      <section class="card" aria-labelledby="evidence-heading">
        <h2 id="evidence-heading">Evidence</h2>
        <JsonBlock value={evidence} />
      </section>
      {mayAct && resolvedAt === null && <ResolveForm id={id} csrf={signedIn.csrf} failure={failure} />}
      {resolvedAt !== null && failure && <ResolveForm id={id} csrf={signedIn.csrf} failure={failure} />}
    </>,
  );
}

const MEANINGS: Record<AnomalyResolution, string> = {
  refunded: "the customer has the money back",
  accepted: "it stays as it is, and the books say so",
  false_alarm: "nothing contradicts anything",
  other: "the reason says what was done",
};

function ResolveForm({ id, csrf, failure }: { id: string; csrf: string; failure: FormFailure | undefined }) {
  const failed = failureOf("resolve", failure);
  const error = errorAt(failed, "resolution", "How");
  return (
    <section class="card" aria-labelledby="resolve-heading">
      <h2 id="resolve-heading">Resolve</h2>
      <p>Says how it was dealt with. It changes no payment, and moves no money.</p>
      <ActionForm
        name="resolve"
        action={`/anomalies/${id}/resolve`}
        submitLabel="Resolve this anomaly"
        csrf={csrf}
        failure={failure}
      >
        <fieldset class="choices" {...(error && { "aria-describedby": "resolution-error" })}>
          <legend>How</legend>
          {ANOMALY_RESOLUTIONS.map((resolution) => (
            <label key={resolution} class="choice">
              <input
                type="radio"
                name="resolution"
                value={resolution}
                required
                checked={failed?.values.resolution === resolution}
              />
              <span>
                {resolutionWords(resolution)}: {MEANINGS[resolution]}
              </span>
            </label>
          ))}
          {error && (
            <p class="field-error" id="resolution-error">
              {error}
            </p>
          )}
        </fieldset>
      </ActionForm>
    </section>
  );
}
