import { z } from "zod";

/** ISO 4217 currencies whose minor unit is not a hundredth. */
const ZERO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND";
const TWO_DECIMALS = `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
  CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR
  IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
  NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
  THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`;

const EXPONENTS: ReadonlyMap<string, number> = new Map(
  [ZERO_DECIMALS, "", TWO_DECIMALS, THREE_DECIMALS].flatMap((codes, exponent) =>
    codes
      .split(/\s+/)
      .filter(Boolean)
      .map((code): [string, number] => [code.toLowerCase(), exponent]),
  ),
);

/** Every currency Payonce knows: ISO 4217 alphabetic codes, lower case as on the wire. */
export const CURRENCIES: readonly string[] = [...EXPONENTS.keys()].sort();

/** The widest amount card networks carry: twelve digits. Far inside the safe integers, so JSON never rounds it. */
export const MAX_AMOUNT_MINOR = 999_999_999_999;

export const amountMinorSchema = z
  .int("must be a whole number of minor units (cents)")
  .min(1, "must be at least 1 minor unit")
  .max(MAX_AMOUNT_MINOR, `must be at most ${MAX_AMOUNT_MINOR}`)
  .meta({ description: "In minor units of the currency: 4200 is 42.00 EUR, or 4200 JPY", example: 4200 });

export const currencySchema = z
  .string("must be a three-letter ISO 4217 code such as eur")
  .transform((code) => code.toLowerCase())
  .refine((code) => EXPONENTS.has(code), "must be a three-letter ISO 4217 code such as eur")
  .meta({ type: "string", description: "A three-letter ISO 4217 code, in either case", example: "eur" });

/** Digits after the decimal point of a currency: 2 for eur, 0 for jpy, 3 for kwd. Throws RangeError for an unknown code. */
export function exponentOf(currency: string): number {
  const exponent = EXPONENTS.get(currency.toLowerCase());
  if (exponent === undefined) throw new RangeError(`"${currency}" is not an ISO 4217 currency`);
  return exponent;
}

/** `4200, "eur"` → `"42.00 EUR"`. Exact: digits are placed, nothing is divided. */
export function formatMoney(amountMinor: number, currency: string): string {
  if (!Number.isSafeInteger(amountMinor)) throw new RangeError("an amount is a safe integer of minor units");
  const exponent = exponentOf(currency);
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = exponent === 0 ? "" : `.${digits.slice(-exponent)}`;
  return `${amountMinor < 0 ? "-" : ""}${whole}${fraction} ${currency.toUpperCase()}`;
}
