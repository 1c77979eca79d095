import { containsCardNumber, type ErrorCode, PayonceError } from "@payonce/domain";
import type { z } from "zod";

/**
 * Reads client input with a schema.
 *
 * @throws PayonceError that names the field and what it must be, and never repeats the value: it could be a card number
 */
export function validate<Schema extends z.ZodType>(schema: Schema, input: unknown, code: ErrorCode): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (!issue) throw new PayonceError(code, "The input is not valid.");
  if (issue.code === "unrecognized_keys") {
    const name = harmlessName(issue.keys[0] ?? "");
    const param = [...issue.path, name].join(".");
    throw new PayonceError(code, `"${param}" is not known here. Check its spelling, or leave it out.`, { param });
  }
  // The key of a record is client input as well, so a bad one is not repeated.
  const path = issue.code === "invalid_key" ? issue.path.slice(0, -1) : issue.path;
  const param = path.map((part) => harmlessName(String(part))).join(".");
  const isMissing = path.reduce<unknown>((value, part) => (value as never)?.[part], input) === undefined;
  const message = issue.code === "invalid_key" ? issue.issues[0]?.message : issue.message;
  throw new PayonceError(code, `"${param}" ${isMissing ? "is required" : message}.`, { param });
}

/** A name that a client has chosen, as answers may repeat it. */
export function harmlessName(name: string): string {
  return containsCardNumber(name)
    ? "[redacted]"
    : name
        .slice(0, 60)
        .toWellFormed()
        .replace(/[^\x20-\x7e]/g, "?");
}
