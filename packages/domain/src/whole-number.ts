import { z } from "zod";

/** A whole number in a query, where all is text. */
export function wholeNumber(min: number, max: number) {
  const what = `must be a whole number from ${min} to ${max}, given once`;
  return z
    .string(what)
    .regex(/^\d{1,4}$/, what)
    .transform(Number)
    .refine((value) => value >= min && value <= max, what)
    .meta({ type: "integer", minimum: min, maximum: max });
}
