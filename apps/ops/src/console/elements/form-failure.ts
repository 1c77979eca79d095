import { PayonceError } from "@payonce/domain";

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
  return { form, error, values };
}

/** The failure of this form, if that is the one that failed. */
export function failureOf(form: string, failure: FormFailure | undefined): FormFailure | undefined {
  return failure?.form === form ? failure : undefined;
}
