import { expect, test } from "@jest/globals";
import { containsCardNumber } from "./card-number.ts";

test.each([
  "4242424242424242",
  "4242 4242 4242 4242",
  "card 4000-0566-5566-5556!",
  "378282246310005",
  "6011111111111117",
  "5555555555554444",
  "2223003122003222",
  "3056930009020004",
  "36227206271667",
  "3566002020360505",
  "6205500000000000004",
  "4222222222222",
  "pm_4242424242424242",
  "b6fa7e52-0f16-4c2b-9d2c-5a1c3fb0a2d4 4242424242424242",
  // With what people write next to it.
  "4242424242424242 12/29 123",
  "4242 4242 4242 4242 12",
  "order 2026 4242424242424242",
  "17-378282246310005-1234",
  // As it is copied from pages, tables and messages.
  "4242\u00a04242\u00a04242\u00a04242",
  "4242\u20134242\u20134242\u20134242",
  "4242.4242.4242.4242",
  "4242 - 4242 - 4242 - 4242",
  "4242\n4242\n4242\n4242",
  "4242_4242_4242_4242",
  "1.4242.4242.4242.4242",
  "3782.822463.10005",
  "\uff14\uff12\uff14\uff12 4242 4242 4242",
  "\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662",
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
  // Passes the Luhn check and starts like a card, as one order number in ten does, but no card has this length.
  "5678901234565",
  // 23 to 28 November would be a card number, if dates were read as groups of digits.
  "23.11.2026 - 28.11.2026",
  "Nights of 30.11.2026, 01.12.2026, 02.12.2026",
  // Two UUIDs and an MD5 with such runs in them.
  "4f5dd87c-ce7f-4770-9629-03864750aa41",
  "0174acbe-5bfb-4133-8177-76003b7a1680",
  "6e187996e9cc9d93c5f4452695768290",
])("finds none in %p", (text) => {
  expect(containsCardNumber(text)).toBe(false);
});
