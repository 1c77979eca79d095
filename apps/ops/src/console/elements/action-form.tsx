import type { ComponentChildren } from "preact";
import { ReasonField } from "./field.tsx";
import { explainRefusal, type FormFailure, failureOf } from "./form-failure.ts";
import { NoticeBox } from "./notice.tsx";

export interface ActionFormProps {
  /** Names the form among those of the page. */
  name: string;
  action: string;
  csrf: string;
  /** On the button: says what it does, with its object. */
  submitLabel: string;
  isDangerous?: boolean;
  hidden?: Readonly<Record<string, string | number | readonly string[]>>;
  failure?: FormFailure | undefined;
  /** The fields before the reason. */
  children?: ComponentChildren;
}

/** A form that does something: a plain post, with the session's token and a reason. */
export function ActionForm(props: ActionFormProps) {
  const { name, action, csrf, submitLabel, isDangerous, hidden = {}, children } = props;
  const failure = failureOf(name, props.failure);
  return (
    <form method="post" action={action} class="stack">
      <input type="hidden" name="_csrf" value={csrf} />
      {Object.entries(hidden).flatMap(([field, value]) =>
        [value].flat().map((one) => <input key={`${field}-${one}`} type="hidden" name={field} value={one} />),
      )}
      {failure && <NoticeBox notice={{ tone: "bad", text: explainRefusal(failure) }} />}
      {children}
      <ReasonField form={name} failure={failure} />
      <p class="actions">
        <button type="submit" class={`button ${isDangerous ? "is-danger" : "is-primary"}`}>
          {submitLabel}
        </button>
      </p>
    </form>
  );
}
