import { containsCardNumber } from "@payonce/domain";

/** So much of a receiver's answer is kept, in characters. */
export const MAX_EXCERPT_LENGTH = 500;

/**
 * The beginning of what a receiver answered, fit to be kept and shown: for the merchant who looks for the fault. Null for
 * an answer without a body.
 */
export function excerptOf(body: Buffer): string | null {
  const text = body.toString("utf8").toWellFormed();
  // Judged before it is cut, or the half of a card number could stay.
  if (containsCardNumber(text)) return "[redacted: it holds what looks like a card number]";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const readable = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, " ").trim();
  return readable === "" ? null : readable.slice(0, MAX_EXCERPT_LENGTH).toWellFormed();
}
