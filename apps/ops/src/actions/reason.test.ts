import { describe, expect, test } from "@jest/globals";
import { reason } from "./reason.ts";
import { resolvePaymentInput } from "./resolve-payment.ts";
import { retryManyInput } from "./retry-many.ts";

describe("what an operator writes is kept for good, so it", () => {
  test.each([
    ["nothing", ""],
    ["blanks", "   \n"],
    ["a card number", "he read me 4242 4242 4242 4242 on the phone"],
    ["NUL", "a\0b"],
    ["half a character", "a\ud800b"],
    ["too much", "x".repeat(501)],
  ])("is refused with %s in it", (_what, text) => {
    expect(reason.safeParse(text).success).toBe(false);
    const evidence = { outcome: "declined", reason: "seen", version: 1, evidence: text };
    expect(resolvePaymentInput.safeParse(evidence).success).toBe(false);
    const search = { selection: { filter: { search: text } }, reason: "seen" };
    expect(retryManyInput.safeParse(search).success).toBe(false);
  });

  test("is taken without the blanks around it", () => {
    expect(reason.parse("  the provider is back, ticket 42\n")).toBe("the provider is back, ticket 42");
  });

  test("may name the payment and the provider's objects", () => {
    expect(reason.parse("pay_01m81fhz9ve0089d0yd8ybyr3w and pi_cd942e9477c961249a74d57d")).toContain("pay_");
  });
});
