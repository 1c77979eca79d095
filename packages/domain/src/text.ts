import { z } from "zod";
import { containsCardNumber } from "./card-number.ts";

/** Text that Postgres can store and nobody mistypes a card into. */
export function text(maxLength: number, what = `must be a string of 1 to ${maxLength} characters`) {
  return z
    .string(what)
    .min(1, what)
    .max(maxLength, what)
    .refine((value) => value.isWellFormed() && !value.includes("\0"), "must be well-formed Unicode without NUL")
    .refine(
      (value) => !containsCardNumber(value),
      "must not contain a card number; send a payment method token instead",
    );
}
