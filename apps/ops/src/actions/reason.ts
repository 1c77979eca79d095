import { containsCardNumber } from "@payonce/domain";
import { z } from "zod";

/**
 * Text that a person writes and that is kept for good. Without a card number: people paste what they see.
 *
 * @param what completes "must …"
 */
export function keptText(what: string, maxLength: number) {
  const message = `must ${what}, in 1 to ${maxLength} characters`;
  return z
    .string(message)
    .trim()
    .min(1, message)
    .max(maxLength, message)
    .refine((text) => text.isWellFormed() && !text.includes("\0"), "must be well-formed text without NUL")
    .refine((text) => !containsCardNumber(text), "must not contain a card number");
}

/** Why a person did it: asked for by every action, kept in the audit log. */
export const reason = keptText("say why", 500);

/** A payment's version as the operator saw it: when it is another by now, nothing is done. */
export const version = z.int("must be a whole number").min(1, "must be at least 1").max(2_147_483_647, "is too large");

export const onlyReason = z.strictObject({ reason });
