import type { ComponentChildren } from "preact";
import type { FormFailure } from "./form-failure.ts";

export interface FieldProps {
  /** Unique on the page, where a page has several forms with a field of one name. */
  id: string;
  name: string;
  label: string;
  hint?: string | undefined;
  failure?: FormFailure | undefined;
  /** Gets what ties the control to its label, hint and error. */
  children: (control: ControlProps) => ComponentChildren;
}

export interface ControlProps {
  id: string;
  name: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

/** A labelled control with its hint, and with its error when the form was refused because of it. */
export function Field({ id, name, label, hint, failure, children }: FieldProps) {
  const error = errorAt(failure, name, label);
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class={`field${error ? " has-error" : ""}`}>
      <label for={id}>{label}</label>
      {children({
        id,
        name,
        ...(describedBy && { "aria-describedby": describedBy }),
        ...(error && { "aria-invalid": true as const }),
      })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

/** What is wrong with a field, in a sentence that calls it by its label; undefined when nothing is. */
export function errorAt(failure: FormFailure | undefined, name: string, label: string): string | undefined {
  if (failure?.error.param !== name) return undefined;
  return failure.error.message.replace(`"${name}"`, label);
}

/** Why it is done: every action asks, and the audit log keeps it. */
export function ReasonField({ form, failure }: { form: string; failure?: FormFailure | undefined }) {
  return (
    <Field id={`${form}-reason`} name="reason" label="Reason" hint="Kept in the audit log." failure={failure}>
      {(control) => (
        <textarea {...control} required maxLength={500} rows={2}>
          {failure?.values.reason ?? ""}
        </textarea>
      )}
    </Field>
  );
}
