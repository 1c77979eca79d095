/**
 * True when the text holds a run of digits, spaced or dashed as on a card, that has a card scheme's first digits and length
 * and passes the Luhn check. Such text is refused: a card number must never reach our tables, logs or queues (PCI DSS 3.2).
 *
 * Scheme and length matter: by the Luhn check alone one in ten order numbers would be taken for a card. So do UUIDs and
 * digests, in which long runs of digits are common: they are passed over, or one UUID in a thousand would be refused.
 */
export function containsCardNumber(text: string): boolean {
  if (hasFewDigits(text)) return false;
  const readable = toAsciiDigits(text).replace(RANDOM_HEX, " x ");
  for (const [stretch] of readable.matchAll(STRETCHES)) if (hasCardAmong(stretch.split(/[ -]/))) return true;
  for (const [, layout = ""] of readable.matchAll(LAYOUTS)) if (isCardNumber(layout.replace(/\D/g, ""))) return true;
  return false;
}

/** Most text, told by a glance: the shortest card number has thirteen digits. Those of other scripts are left to the search. */
function hasFewDigits(text: string): boolean {
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    if (code >= 0x30 && code <= 0x39 && ++digits === 13) return false;
  }
  return true;
}

/** Digits with no more than one blank or dash between two of them. */
const STRETCHES = /\d(?:[ -]?\d){12,}/g;

/** The groups that cards have, whatever is between them. Between other groups these would make cards of dates. */
const BETWEEN = "[\\s._/\\\\|\\-\\u00ad\\u00b7\\u2010-\\u2015\\u2212\\u200b-\\u200d\\u2060]{1,3}";
const LAYOUTS = new RegExp(
  `(?<!\\d)(?=(${[
    `\\d{4}(?:${BETWEEN}\\d{4}){3}(?:${BETWEEN}\\d{3})?(?!\\d)`,
    `\\d{4}(?:${BETWEEN}\\d{4}){3}(?!\\d)`,
    `\\d{4}${BETWEEN}\\d{6}${BETWEEN}\\d{4,5}(?!\\d)`,
  ].join("|")}))`,
  "g",
);

/** A UUID, or 32 and more hex digits: longer than any card number. */
const RANDOM_HEX =
  /(?<![0-9a-z])(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32,})(?![0-9a-z])/gi;

/** ISO/IEC 7812 first digits, with the lengths that the schemes issue. */
const SCHEMES = new RegExp(
  `^(?:${[
    "4(?:\\d{12}|\\d{15}|\\d{18})", // Visa: 13, 16 or 19
    "(?:5[1-5]|2[2-7])\\d{14}", // Mastercard: 16
    "3[47]\\d{13}", // American Express: 15
    "3[0689]\\d{12}(?:\\d{2})?", // Diners Club: 14, or 16
    "35\\d{14,17}", // JCB: 16 to 19
    "(?:50|5[6-9]|6\\d)\\d{14,17}", // Discover, UnionPay, Maestro: 16 to 19
  ].join("|")})$`,
);
const MAX_DIGITS = 19;

/** Looks at each run of whole groups: before a card there may be an order number, behind it a date and a check code. */
function hasCardAmong(groups: readonly string[]): boolean {
  for (const start of groups.keys()) {
    let digits = "";
    for (let end = start; end < groups.length && digits.length <= MAX_DIGITS; end++) {
      digits += groups[end];
      if (isCardNumber(digits)) return true;
    }
  }
  return false;
}

function isCardNumber(digits: string): boolean {
  return SCHEMES.test(digits) && passesLuhn(digits);
}

/** Digits and blanks of other scripts as ASCII has them: full-width ones by normalization, the Arabic ones by hand. */
function toAsciiDigits(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are all of ASCII.
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  return text.normalize("NFKC").replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return sum % 10 === 0;
}
