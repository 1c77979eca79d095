/** Longer than any message worth keeping; what is cut here is looked at no further. */
const MAX_READ_CHARACTERS = 4_000;
const MAX_KEPT_CHARACTERS = 300;

/**
 * A provider's message as it may be kept: providers repeat in their messages what was sent to them. API keys (also
 * starred ones), client secrets and card-like runs of digits are taken out before it is cut, so that no cut leaves half of
 * one. What remains is text that Postgres takes: no NUL, no half of a surrogate pair.
 */
export function redact(message: string): string {
  return message
    .slice(0, MAX_READ_CHARACTERS)
    .replace(/\p{Cc}+/gu, " ")
    .replace(/(?:[psr]k_(?:live|test)|whsec)_[\w*]+/gi, "[key]")
    .replace(/_secret_\w+/g, "_secret_[secret]")
    .replace(/\d(?:[\s.-]{0,2}\d){11,}/g, "[digits]")
    .slice(0, MAX_KEPT_CHARACTERS)
    .toWellFormed();
}
