/**
 * True when the text holds a run of 13 to 19 digits, spaced or dashed as on a card, that starts like a payment card and
 * passes the Luhn check. Such text is refused: a card number must never reach our tables, logs or queues (PCI DSS 3.2).
 *
 * The first digits matter: without them one in ten millisecond timestamps would be taken for a card.
 */
export function containsCardNumber(text: string): boolean {
  for (const [run] of text.matchAll(/(?<!\d)\d(?:[ -]?\d){12,18}(?![ -]?\d)/g)) {
    const digits = run.replace(/\D/g, "");
    if (ISSUER_PREFIX.test(digits) && passesLuhn(digits)) return true;
  }
  return false;
}

/** ISO/IEC 7812: 3 travel, 4 Visa, 5 Mastercard, 6 Discover and UnionPay, 22–27 Mastercard's second range. */
const ISSUER_PREFIX = /^(?:[3-6]|2[2-7])/;

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return sum % 10 === 0;
}
