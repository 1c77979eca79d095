import { describe, expect, test } from "@jest/globals";
import { createPaymentRequestSchema, parseIdempotencyKey } from "./create-payment-request.ts";

const valid = { amount: 4200, currency: "eur", payment_method: "pm_card_visa" };

describe("the body of POST /v1/payments", () => {
  test("needs no more than amount, currency and payment method", () => {
    expect(createPaymentRequestSchema.parse(valid)).toEqual(valid);
  });

  test.each([
    ["an unknown field", { ...valid, amonut: 1 }],
    ["a card number as payment method", { ...valid, payment_method: "4242424242424242" }],
    ["a card number in the description", { ...valid, description: "4242 4242 4242 4242" }],
    ["a card number in metadata", { ...valid, metadata: { note: "4242424242424242" } }],
    ["a card number as a metadata key", { ...valid, metadata: { "4242424242424242": "x" } }],
    ["NUL, which Postgres cannot store", { ...valid, description: "a\0b" }],
    ["a lone surrogate", { ...valid, order_reference: "a\ud800b" }],
    ["an empty order reference", { ...valid, order_reference: "" }],
    ["metadata that is not text", { ...valid, metadata: { a: 1 } }],
    [
      "51 metadata keys",
      { ...valid, metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, "v"])) },
    ],
    ["a metadata key that could not be kept", { ...valid, metadata: JSON.parse('{"__proto__":"a"}') }],
    ["a field that could not be kept", JSON.parse(JSON.stringify(valid).replace("{", '{"__proto__":"a",'))],
    ["metadata that is a list", { ...valid, metadata: ["a"] }],
    ["null for an optional field", { ...valid, description: null }],
  ])("is refused with %s", (_what, body) => {
    expect(createPaymentRequestSchema.safeParse(body).success).toBe(false);
  });

  test("loses no metadata key, whatever it is called", () => {
    const metadata = { constructor: "b", toString: "c" };
    const parsed = createPaymentRequestSchema.parse({ ...valid, metadata }).metadata ?? {};
    expect(Object.entries(parsed).sort()).toEqual(Object.entries(metadata).sort());
  });
});

describe("an idempotency key", () => {
  test.each([
    ["bare", "order-17", "order-17"],
    ["as a quoted string", '"order-17"', "order-17"],
    ["with escapes in the quotes", '"a\\"b\\\\c"', 'a"b\\c'],
    ["of 255 characters", "k".repeat(255), "k".repeat(255)],
  ])("is read %s", (_how, header, key) => {
    expect(parseIdempotencyKey(header)).toBe(key);
  });

  test.each(["", '""', "a b", "k".repeat(256), "schlüssel", "tab\t", '"a b"'])("is refused as %p", (header) => {
    expect(parseIdempotencyKey(header)).toBeNull();
  });
});
