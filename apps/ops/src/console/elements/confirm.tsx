import { errorAt } from "./field.tsx";
import { type FormFailure, failureOf } from "./form-failure.ts";

/** For what cannot be undone. Never ticked beforehand, also when the form is shown again. */
export function Confirm({ form, failure }: { form: string; failure: FormFailure | undefined }) {
  const error = errorAt(failureOf(form, failure), "confirm", "This");
  return (
    <div class={`field${error ? " has-error" : ""}`}>
      <label class="choice" for={`${form}-confirm`}>
        <input
          type="checkbox"
          id={`${form}-confirm`}
          name="confirm"
          value="yes"
          required
          {...(error && { "aria-invalid": true, "aria-describedby": `${form}-confirm-error` })}
        />
        <span>I understand that this is final and cannot be undone</span>
      </label>
      {error && (
        <p class="field-error" id={`${form}-confirm-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
