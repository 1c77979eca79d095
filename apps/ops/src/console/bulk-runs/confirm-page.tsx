import type { BulkSelection, DeadLetter, SelectionCount } from "@payonce/db/operations";
import { DeadLetterTable } from "../dead-letters/dead-letter-table.tsx";
import { ActionForm } from "../elements/action-form.tsx";
import { countOf, formatCount } from "../elements/count.ts";
import { Field } from "../elements/field.tsx";
import { type FormFailure, failureOf } from "../elements/form-failure.ts";
import { NoticeBox } from "../elements/notice.tsx";
import { describeSeconds } from "../elements/time.tsx";
import { renderPage, type SignedIn } from "../layout.tsx";
import { describeSelection } from "./describe-selection.ts";

export interface ConfirmPage {
  selection: BulkSelection;
  /** The selection as the form carries it. */
  fields: Readonly<Record<string, string | readonly string[]>>;
  /** How many there are now: what the run will be held to. */
  counted: SelectionCount;
  /** The first few of them. */
  sample: readonly DeadLetter[];
  /** Where these were chosen. */
  backHref: string;
  now: Date;
  signedIn: SignedIn;
  failure?: FormFailure | undefined;
}

const FORM = "start";
const DEFAULT_RATE = 20;

/** The dry run: says what would be retried, and asks why. Nothing has happened yet. */
export function renderConfirm(page: ConfirmPage): string {
  const { selection, counted, sample, backHref, now, signedIn } = page;
  const { count, outcomeUnknown } = counted;
  const gone = "ids" in selection ? selection.ids.length - count : 0;
  return renderPage(
    { title: "Retry dead letters", section: "/dead-letters", signedIn },
    <>
      <h1>{count === 0 ? "Nothing to retry" : `Retry ${countOf(count, "dead letter", "dead letters")}?`}</h1>
      <section class="card" aria-labelledby="what-heading">
        <h2 id="what-heading">What this would do</h2>
        <p>Nothing has been done yet.</p>
        <ul class="plain">
          <li>{describeSelection(selection)}</li>
          <li>
            <strong>{formatCount(count - outcomeUnknown)}</strong> were not charged: they get a new round of attempts.
          </li>
          <li>
            <strong>{formatCount(outcomeUnknown)}</strong> may have been charged: the provider is asked about each
            first, and its answer is obeyed.
          </li>
          {gone > 0 && (
            <li>{`${countOf(gone, "payment", "payments")} of those chosen ${gone === 1 ? "is" : "are"} no dead letter any more.`}</li>
          )}
        </ul>
      </section>
      {count > 0 ? (
        <StartForm {...page} />
      ) : (
        <NoticeBox notice={{ tone: "info", text: "No dead letter is left of these." }} />
      )}
      <p>
        <a class="button is-quiet" href={backHref}>
          Back to the dead letters
        </a>
      </p>
      {sample.length > 0 && (
        <section aria-labelledby="sample-heading">
          <h2 id="sample-heading">{sample.length < count ? `The newest ${sample.length} of them` : "These"}</h2>
          <DeadLetterTable caption="Dead letters that would be retried" deadLetters={sample} now={now} />
        </section>
      )}
    </>,
  );
}

function StartForm({ fields, counted, signedIn, failure }: ConfirmPage) {
  const failed = failureOf(FORM, failure);
  const { count } = counted;
  return (
    <section class="card" aria-labelledby="start-heading">
      <h2 id="start-heading">Start</h2>
      <ActionForm
        name={FORM}
        action="/dead-letters/retry/start"
        csrf={signedIn.csrf}
        submitLabel={`Retry ${countOf(count, "dead letter", "dead letters")}`}
        hidden={{ ...fields, expectedCount: count }}
        failure={failure}
      >
        <Field
          id="start-rate"
          name="ratePerSecond"
          label="Payments per second"
          hint={`1 to 1000. At ${DEFAULT_RATE} per second this takes about ${describeSeconds(Math.max(count / DEFAULT_RATE, 1))}. A provider that is just back is better not flooded.`}
          failure={failed}
        >
          {(control) => (
            <input
              {...control}
              type="number"
              min={1}
              max={1000}
              required
              value={failed?.values.ratePerSecond ?? String(DEFAULT_RATE)}
            />
          )}
        </Field>
      </ActionForm>
      <p class="hint">
        {`The run is held to this count: if there are more or fewer than ${formatCount(count)} by then, nothing is started.`}
      </p>
    </section>
  );
}
