import { containsCardNumber } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { Request } from "express";
import { z } from "zod";

/** A value of a query that is text: a form's empty field is one that was not set. */
export const queryText = z
  .string("must be given once")
  .max(255, "must have at most 255 characters")
  .refine((text) => text.isWellFormed() && !text.includes("\0"), "must be well-formed text without NUL")
  // The page would repeat it, and so would the browser's history.
  .refine((text) => !containsCardNumber(text), "must not contain a card number; nothing is found by one")
  .transform((text) => text.trim() || undefined)
  .optional();

/** One of these, or not set. */
export function queryChoice<const Values extends readonly [string, ...string[]]>(values: Values) {
  return queryText.pipe(z.enum(values, `must be one of ${values.join(", ")}`).optional());
}

/**
 * Reads the query of a page. What the page does not know is passed over: links carry notices and trackers.
 *
 * @throws PayonceError parameter_invalid
 */
export function readQuery<Shape extends z.ZodRawShape>(request: Request, schema: z.ZodObject<Shape>) {
  return validate(schema, request.query, "parameter_invalid");
}

/** `path` with a query of what is set. */
export function hrefWith(
  path: string,
  query: Readonly<Record<string, string | number | readonly string[] | undefined>>,
): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}
