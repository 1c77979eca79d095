import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { redact } from "./redact.ts";

test.each([
  ["a secret key", "Invalid API Key: sk_live_51AbC", "Invalid API Key: [key]"],
  ["a restricted key", "key=rk_test_9x.", "key=[key]."],
  [
    "a key that Stripe has starred",
    "Invalid API Key provided: sk_test_****************1234",
    "Invalid API Key provided: [key]",
  ],
  ["a webhook secret", "whsec_abc", "[key]"],
  ["a client secret", "pi_1_secret_x9", "pi_1_secret_[secret]"],
  ["a card number", "card 4242424242424242 declined", "card [digits] declined"],
  ["a spaced card number", "4242 4242 4242 4242", "[digits]"],
  ["a dashed and dotted card number", "4242-4242.4242-4242", "[digits]"],
  ["a card number over several lines", "4242\r\n4242\n4242\t4242", "[digits]"],
  ["a key in the middle of a word", "apikeysk_live_51AbC", "apikey[key]"],
  ["a card number in wide spacing", "4242  4242  4242  4242", "[digits]"],
])("takes out %s", (_title, message, kept) => {
  expect(redact(message)).toBe(kept);
});

test.each(["No such PaymentMethod: 'pm_1'", "Amount must be at least 50 cents", "disk_space", "at 2026-11-22"])(
  "leaves %s alone",
  (message) => expect(redact(message)).toBe(message),
);

test("does not leave a part of what stands where it cuts", () => {
  for (let before = 270; before <= 300; before++) {
    const message = redact(`${"x".repeat(before)} 4242424242424242 sk_live_51AbCdEf`);
    expect(message).not.toMatch(/\d|sk_/);
  }
});

test("makes text that Postgres takes, whatever comes", () => {
  const text = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 400 }).map((u) => String.fromCharCode(...u));
  fc.assert(
    fc.property(text, (message) => {
      const kept = redact(message);
      expect(kept.isWellFormed()).toBe(true);
      expect(kept).not.toContain("\0");
      expect(kept.length).toBeLessThanOrEqual(300);
    }),
  );
  expect(redact(`${"x".repeat(299)}😀`).isWellFormed()).toBe(true);
});
