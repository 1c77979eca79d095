import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { amountMinorSchema, CURRENCIES, currencySchema, exponentOf, formatMoney, MAX_AMOUNT_MINOR } from "./money.ts";

describe("amounts", () => {
  test.each([1, 4200, MAX_AMOUNT_MINOR])("takes %p", (amount) => {
    expect(amountMinorSchema.parse(amount)).toBe(amount);
  });

  test.each([0, -1, 0.1, MAX_AMOUNT_MINOR + 1, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, "100", null, true, [1]])(
    "refuses %p",
    (amount) => {
      expect(amountMinorSchema.safeParse(amount).success).toBe(false);
    },
  );
});

describe("currencies", () => {
  test.each([
    ["eur", 2],
    ["JPY", 0],
    ["kwd", 3],
  ])("%s has %p decimals", (currency, exponent) => {
    expect(exponentOf(currency)).toBe(exponent);
  });

  test("are taken in either case and kept in lower case", () => {
    expect(currencySchema.parse("EUR")).toBe("eur");
    expect(CURRENCIES).toContain("eur");
  });

  test.each(["", "eu", "euro", "xxx", "e\0r", "ＥＵＲ", 978, null])("refuses %p", (currency) => {
    expect(currencySchema.safeParse(currency).success).toBe(false);
  });
});

describe("formatMoney", () => {
  test.each([
    [4200, "eur", "42.00 EUR"],
    [5, "eur", "0.05 EUR"],
    [-1234, "usd", "-12.34 USD"],
    [500, "jpy", "500 JPY"],
    [1, "kwd", "0.001 KWD"],
  ])("writes %p %s as %s", (amount, currency, text) => {
    expect(formatMoney(amount, currency)).toBe(text);
  });

  test("loses no minor unit, whatever the amount and the currency", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom(...CURRENCIES), (amount, currency) => {
        const digits = formatMoney(amount, currency).replace(/[^\d-]/g, "");
        expect(Number(digits)).toBe(amount);
      }),
    );
  });
});
