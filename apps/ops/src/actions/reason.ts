import { z } from "zod";

/** Why a person did it: asked for by every action, kept in the audit log. */
export const reason = z
  .string("must say why, in 1 to 500 characters")
  .trim()
  .min(1, "must say why, in 1 to 500 characters")
  .max(500, "must have at most 500 characters")
  .refine((text) => text.isWellFormed() && !text.includes("\0"), "must be well-formed text without NUL");

/** A payment's version as the operator saw it: when it is another by now, nothing is done. */
export const version = z.int("must be a whole number").min(1, "must be at least 1").max(2_147_483_647, "is too large");

export const onlyReason = z.strictObject({ reason });
