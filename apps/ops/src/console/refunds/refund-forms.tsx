import { type EvidencedRefund, REFUND_ON_ITS_WAY_MINUTES } from "@payonce/db/operations";
import { isRefundAtRest } from "@payonce/domain";
import { ActionForm } from "../elements/action-form.tsx";
import { Confirm } from "../elements/confirm.tsx";
import { errorAt, Field } from "../elements/field.tsx";
import { Fold } from "../elements/fold.tsx";
import { type FormFailure, failureOf } from "../elements/form-failure.ts";

export interface RefundFormsProps {
  refund: EvidencedRefund;
  csrf: string;
  failure: FormFailure | undefined;
}

/** Names a form among those of all refunds of the page. */
export const refundForm = (action: string, id: string) => `${action}-${id}`;

/** What may be done about a refund as it is. Whatever is offered here is checked again, against what it is by then. */
export function RefundForms(props: RefundFormsProps) {
  const { status, outcomeUnknown, lastSentAt, providerRefundId } = props.refund;
  const isDead = status === "dead_lettered";
  const isUnmoved = !outcomeUnknown && providerRefundId === null;
  return (
    <>
      {isDead && <Retry {...props} />}
      {(lastSentAt !== null || isRefundAtRest(status)) && <LookUp {...props} />}
      {isDead && isUnmoved && <Discard {...props} />}
      {isDead && <Resolve {...props} />}
      {isDead && !isUnmoved && <p class="hint">It cannot be discarded, because the money may have gone back.</p>}
    </>
  );
}

function Retry({ refund: { id, version, outcomeUnknown }, csrf, failure }: RefundFormsProps) {
  const name = refundForm("retry", id);
  return (
    <Fold name={name} title="Retry…" failure={failure}>
      <p>
        {outcomeUnknown
          ? "The provider's list of refunds is read first. It is sent again only if the list has none for it, and nothing can be under way."
          : "It gets a new round of attempts. The money cannot go back twice."}
      </p>
      <ActionForm
        name={name}
        action={`/refunds/${id}/retry`}
        submitLabel="Retry this refund"
        hidden={{ version }}
        csrf={csrf}
        failure={failure}
      />
    </Fold>
  );
}

function LookUp({ refund: { id }, csrf, failure }: RefundFormsProps) {
  const name = refundForm("look-up", id);
  return (
    <Fold name={name} title="Look up at the provider…" failure={failure}>
      <p>
        The provider's list of this payment's refunds is read now. That moves no money and spends no attempt. What is
        unknown, pending or a dead letter ends as the list says; what contradicts an end opens an anomaly.
      </p>
      <ActionForm
        name={name}
        action={`/refunds/${id}/look-up`}
        submitLabel="Look it up now"
        csrf={csrf}
        failure={failure}
      />
    </Fold>
  );
}

function Discard({ refund: { id, version }, csrf, failure }: RefundFormsProps) {
  const name = refundForm("discard", id);
  return (
    <Fold name={name} title="Discard…" failure={failure}>
      <p>The refund ends as failed, and nothing goes back to the customer. Its amount can be refunded again.</p>
      <ActionForm
        name={name}
        action={`/refunds/${id}/discard`}
        submitLabel="Discard this refund"
        isDangerous
        hidden={{ version }}
        csrf={csrf}
        failure={failure}
      >
        <Confirm form={name} failure={failure} />
      </ActionForm>
    </Fold>
  );
}

const RESOLUTIONS = [
  { value: "succeeded", label: "Succeeded: I have seen the refund at the provider" },
  { value: "failed", label: "Failed: I have seen that no money went back, and none can any more" },
] as const;

function Resolve({ refund, csrf, failure }: RefundFormsProps) {
  const { id, version, providerRefundId } = refund;
  const name = refundForm("resolve", id);
  const failed = failureOf(name, failure);
  const error = errorAt(failed, "outcome", "How it ended");
  return (
    <Fold name={name} title="Resolve with evidence…" failure={failure}>
      <p>
        For when the provider cannot be asked. You say how the refund ended, on evidence that you have seen. What failed
        can be refunded again, so that waits until {REFUND_ON_ITS_WAY_MINUTES} minutes after an unanswered request.
      </p>
      <ActionForm
        name={name}
        action={`/refunds/${id}/resolve`}
        submitLabel="Resolve this refund"
        isDangerous
        hidden={{ version }}
        csrf={csrf}
        failure={failure}
      >
        <fieldset class="choices" {...(error && { "aria-describedby": `${name}-outcome-error` })}>
          <legend>How it ended</legend>
          {RESOLUTIONS.map(({ value, label }) => (
            <label key={value} class="choice">
              <input type="radio" name="outcome" value={value} required checked={failed?.values.outcome === value} />
              <span>{label}</span>
            </label>
          ))}
          {error && (
            <p class="field-error" id={`${name}-outcome-error`}>
              {error}
            </p>
          )}
        </fieldset>
        {providerRefundId === null && (
          <Field
            id={`${name}-provider`}
            name="providerRefundId"
            label="Refund's id at the provider"
            hint="Such as re_3Qk2. Needed where it succeeded."
            failure={failed}
          >
            {(control) => (
              <input
                {...control}
                maxLength={100}
                autocomplete="off"
                spellcheck={false}
                value={failed?.values.providerRefundId ?? ""}
              />
            )}
          </Field>
        )}
        <Field
          id={`${name}-evidence`}
          name="evidence"
          label="Evidence"
          hint="What you saw and where, such as the refund's page in the provider's dashboard."
          failure={failed}
        >
          {(control) => (
            <textarea {...control} required maxLength={500} rows={2}>
              {failed?.values.evidence ?? ""}
            </textarea>
          )}
        </Field>
        <Confirm form={name} failure={failure} />
      </ActionForm>
    </Fold>
  );
}
