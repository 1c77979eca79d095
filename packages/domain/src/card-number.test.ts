import { expect, test } from "@jest/globals";
import { containsCardNumber } from "./card-number.ts";

test.each([
  "4242424242424242",
  "4242 4242 4242 4242",
  "card 4000-0566-5566-5556!",
  "378282246310005",
  "6011111111111117",
])("finds the card number in %p", (text) => {
  expect(containsCardNumber(text)).toBe(true);
});

test.each([
  "",
  "4242424242424241",
  "order-1795333442867",
  "12345678901234567890123456789012",
  "424242424242425",
  "pay_01k9xzzzzzzzzzzzzzzzzzzzzz",
  "+49 30 901820",
])("finds none in %p", (text) => {
  expect(containsCardNumber(text)).toBe(false);
});
