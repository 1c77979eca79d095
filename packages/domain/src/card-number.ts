/**
 * True when the text holds a run of digits, spaced or dashed as on a card, that has a card scheme's first digits and length
 * and passes the Luhn check. Such text is refused: a card number must never reach our tables, logs or queues (PCI DSS 3.2).
 *
 * Scheme and length matter: by the Luhn check alone one in ten order numbers would be taken for a card. So do UUIDs and
 * digests, in which long runs of digits are common: they are passed over, or one UUID in a thousand would be refused.
 */
export function containsCardNumber(text: string): boolean {
  for (const [run] of text.replace(RANDOM_HEX, " x ").matchAll(/(?<!\d)\d(?:[ -]?\d){12,18}(?![ -]?\d)/g)) {
    const digits = run.replace(/\D/g, "");
    if (SCHEMES.test(digits) && passesLuhn(digits)) return true;
  }
  return false;
}

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

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return sum % 10 === 0;
}
