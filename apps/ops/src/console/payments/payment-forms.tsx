import type { EvidencedPayment } from "@payonce/db/operations";
import { ActionForm } from "../elements/action-form.tsx";
import { Confirm } from "../elements/confirm.tsx";
import { errorAt, Field } from "../elements/field.tsx";
import { Fold } from "../elements/fold.tsx";
import { type FormFailure, failureOf } from "../elements/form-failure.ts";

export interface PaymentFormsProps {
  payment: EvidencedPayment;
  csrf: string;
  failure: FormFailure | undefined;
}

/** What may be done about a payment as it is. Whatever is offered here is checked again, against what it is by then. */
export function PaymentForms(props: PaymentFormsProps) {
  const { status, outcomeUnknown, cancelRequested, providerObjectId } = props.payment;
  const isDead = status === "dead_lettered";
  const isCancelable = (status === "queued" || status === "retry_wait") && !outcomeUnknown && !cancelRequested;
  const forms = [
    isDead && <Retry key="retry" {...props} />,
    providerObjectId !== null && <LookUp key="look-up" {...props} />,
    isDead && !outcomeUnknown && <Discard key="discard" {...props} />,
    isDead && <Resolve key="resolve" {...props} />,
    isCancelable && <Cancel key="cancel" {...props} />,
  ].filter((form) => form !== false);
  return (
    <section class="card" aria-labelledby="actions-heading">
      <h2 id="actions-heading">Actions</h2>
      {forms.length > 0 ? forms : <p class="muted">In this state there is nothing to do by hand.</p>}
      {isDead && outcomeUnknown && <p class="hint">It cannot be discarded, because it may have been charged.</p>}
    </section>
  );
}

function Retry({ payment, csrf, failure }: PaymentFormsProps) {
  const { id, version, outcomeUnknown } = payment;
  return (
    <Fold name="retry" title="Retry…" failure={failure}>
      <p>
        {outcomeUnknown
          ? "The provider is asked first what happened. It is charged only if the provider's own object says that it was not."
          : "It gets a new round of attempts. It cannot be charged twice."}
      </p>
      <ActionForm
        name="retry"
        action={`/payments/${id}/retry`}
        submitLabel="Retry this payment"
        hidden={{ version }}
        csrf={csrf}
        failure={failure}
      />
    </Fold>
  );
}

function LookUp({ payment, csrf, failure }: PaymentFormsProps) {
  return (
    <Fold name="look-up" title="Look up at the provider…" failure={failure}>
      <p>
        The provider is asked about its object, and the list of its refunds, now. That spends no attempt. An unknown
        outcome, or a dead letter, ends as the object says; what contradicts a final state opens an anomaly.
      </p>
      <ActionForm
        name="look-up"
        action={`/payments/${payment.id}/look-up`}
        submitLabel="Look it up now"
        csrf={csrf}
        failure={failure}
      />
    </Fold>
  );
}

function Discard({ payment, csrf, failure }: PaymentFormsProps) {
  const { id, version } = payment;
  return (
    <Fold name="discard" title="Discard…" failure={failure}>
      <p>
        The payment ends as canceled, and the customer is not charged. The merchant can make a new payment for the
        order.
      </p>
      <ActionForm
        name="discard"
        action={`/payments/${id}/discard`}
        submitLabel="Discard this payment"
        isDangerous
        hidden={{ version }}
        csrf={csrf}
        failure={failure}
      >
        <Confirm form="discard" failure={failure} />
      </ActionForm>
    </Fold>
  );
}

const RESOLUTIONS = [
  { value: "succeeded", label: "Succeeded: I have seen the charge at the provider" },
  {
    value: "declined",
    label: "Declined: I have seen that the provider refused it, and that it cannot be charged any more",
  },
  { value: "canceled", label: "Canceled: I have seen that nothing was charged, and nothing can be any more" },
] as const;

function Resolve({ payment, csrf, failure }: PaymentFormsProps) {
  const { id, version, providerObjectId } = payment;
  const failed = failureOf("resolve", failure);
  const error = errorAt(failed, "outcome", "How it ended");
  // Without an object at the provider nothing can have charged it.
  const outcomes = RESOLUTIONS.filter(({ value }) => value !== "succeeded" || providerObjectId !== null);
  return (
    <Fold name="resolve" title="Resolve with evidence…" failure={failure}>
      <p>
        For when the provider cannot be asked. You say how the payment ended, on evidence that you have seen, and
        nothing is sent to the provider. Where it can be asked, look it up instead.
      </p>
      <ActionForm
        name="resolve"
        action={`/payments/${id}/resolve`}
        submitLabel="Resolve this payment"
        isDangerous
        hidden={{ version }}
        csrf={csrf}
        failure={failure}
      >
        <fieldset class="choices" {...(error && { "aria-describedby": "resolve-outcome-error" })}>
          <legend>How it ended</legend>
          {outcomes.map(({ value, label }) => (
            <label key={value} class="choice">
              <input type="radio" name="outcome" value={value} required checked={failed?.values.outcome === value} />
              <span>{label}</span>
            </label>
          ))}
          {error && (
            <p class="field-error" id="resolve-outcome-error">
              {error}
            </p>
          )}
        </fieldset>
        <Field
          id="resolve-evidence"
          name="evidence"
          label="Evidence"
          hint="What you saw and where, such as the charge's id in the provider's dashboard."
          failure={failed}
        >
          {(control) => (
            <textarea {...control} required maxLength={500} rows={2}>
              {failed?.values.evidence ?? ""}
            </textarea>
          )}
        </Field>
        <Confirm form="resolve" failure={failure} />
      </ActionForm>
    </Fold>
  );
}

function Cancel({ payment, csrf, failure }: PaymentFormsProps) {
  const { id, providerObjectId } = payment;
  return (
    <Fold name="cancel" title="Cancel…" failure={failure}>
      <p>
        {providerObjectId === null
          ? "The payment ends as canceled at once, and the customer is not charged."
          : "Its object at the provider is closed first. Then the payment ends as canceled, and the customer is not charged."}
      </p>
      <ActionForm
        name="cancel"
        action={`/payments/${id}/cancel`}
        submitLabel="Cancel this payment"
        isDangerous
        csrf={csrf}
        failure={failure}
      >
        <Confirm form="cancel" failure={failure} />
      </ActionForm>
    </Fold>
  );
}
