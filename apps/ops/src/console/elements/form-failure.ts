import { containsCardNumber, PayonceError } from "@payonce/domain";

/** A form that was refused: it is shown again, with what was typed and the error at its field. */
export interface FormFailure {
  /** Which of a page's forms it was. */
  form: string;
  error: PayonceError;
  values: Readonly<Record<string, string>>;
}

/** @throws whatever is no refusal of this form: that has a page of its own */
export function toFormFailure(form: string, error: unknown, values: FormFailure["values"]): FormFailure {
  const isOfForm = error instanceof PayonceError && (error.status === 422 || error.status === 409);
  if (!isOfForm) throw error;
  // A card number that somebody pasted is not sent back.
  const shown = Object.entries(values).map(([name, value]) => [name, containsCardNumber(value) ? "" : value]);
  return { form, error, values: Object.fromEntries(shown) };
}

/** What was refused and why, in sentences, of which one says that nothing was done. */
export function explainRefusal({ error }: FormFailure): string {
  // What is wrong with a field stands at the field.
  const why = error.status === 422 && error.param !== null ? "Something is missing or not valid below." : error.message;
  return why.includes("Nothing was done") ? why : `Nothing was done. ${why}`;
}

/** The failure of this form, if that is the one that failed. */
export function failureOf(form: string, failure: FormFailure | undefined): FormFailure | undefined {
  return failure?.form === form ? failure : undefined;
}
