import { describe, expect, test } from "@jest/globals";
import { PayonceError } from "@payonce/domain";
import { renderError } from "./error-page.tsx";
import { renderSignIn } from "./sign-in-page.tsx";
import { HOSTILE } from "./test-payments.ts";

describe("the sign-in page", () => {
  test("carries where to go and its token, and has no navigation", () => {
    const html = renderSignIn({ next: "/payments?a=1&b=2", csrf: "token", error: null });
    expect(html).toContain('name="next" value="/payments?a=1&amp;b=2"');
    expect(html).toContain('name="_csrf" value="token"');
    expect(html).not.toContain("<nav");
    expect(html).not.toContain("<script");
  });

  test("ties its error to its fields, and escapes all it is given", () => {
    const html = renderSignIn({ next: HOSTILE, csrf: HOSTILE, error: HOSTILE, username: HOSTILE });
    expect(html).toContain('aria-describedby="sign-in-error"');
    expect(html).not.toMatch(/<script|<img/);
  });
});

describe("an error's page", () => {
  const request = { id: "req_1", path: "/payments/pay_01m814esw7e00bgbyj9j5g8yxa/retry" };
  const problemOf = (...args: ConstructorParameters<typeof PayonceError>) =>
    new PayonceError(...args).toProblem(request);
  const operator = { id: "opr_1", username: "anna", role: "viewer" } as const;

  test("says what happened, what to do, and under which id the log has it", () => {
    const html = renderError(problemOf("role_insufficient", "You are a viewer."), { operator, csrf: "token" });
    for (const words of ["403", "You are a viewer.", "Nothing was done. An admin can", "req_1"])
      expect(html).toContain(words);
    expect(html).toContain('href="/payments/pay_01m814esw7e00bgbyj9j5g8yxa">Back to the payment</a>');
  });

  test("does not lead back to a payment that does not exist", () => {
    expect(renderError(problemOf("payment_not_found", "None."), { operator, csrf: "token" })).not.toContain(
      "Back to the payment",
    );
  });

  test("offers the sign-in to whoever is not signed in, and escapes all it is given", () => {
    const html = renderError(problemOf("not_signed_in", HOSTILE));
    expect(html).toContain('href="/sign-in"');
    expect(html).not.toMatch(/<script|<img/);
  });
});
