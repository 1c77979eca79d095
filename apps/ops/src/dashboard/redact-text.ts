import { containsCardNumber } from "@payonce/domain";

const MAX_LENGTH = 300;
const SECRET = /\b(?:[ps]k|rk|whsec)_[A-Za-z0-9_]{6,}|\b[a-z][a-z0-9+.-]*:\/\/[^\s/@]*@/i;

/**
 * What the dashboard shows of a text that came with a job: its first line, for the others may be a stack trace, cut to a
 * length. Nothing of it when there is a card number, a key, or a url with a password in it.
 */
export function redactText(text: unknown): string {
  if (typeof text !== "string") return "";
  const line = (text.split(/[\r\n]/, 1)[0] ?? "").slice(0, MAX_LENGTH);
  return containsCardNumber(line) || SECRET.test(line) ? "[redacted]" : line;
}
