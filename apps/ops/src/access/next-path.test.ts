import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { nextPath } from "./next-path.ts";

describe("a path of this console is kept", () => {
  test.each([
    "/",
    "/payments",
    "/payments/pay_01m814esw7e00bgbyj9j5g8yxa",
    "/payments?search=order-1&reason=a%20b",
    "/payments?search=https://shop.example/orders//1",
    "/dead-letters?reason=no_progress&older=1h",
    "/queues/queue/two%20words",
    "/queues/queue/charges?status=failed&page=2",
  ])("%s", (path) => {
    expect(nextPath(path)).toBe(path);
  });
});

describe("whatever else was asked for leads to the first page", () => {
  test.each<[unknown]>([
    ["//evil.example"],
    ["///evil.example"],
    ["/\\evil.example"],
    ["\\\\evil.example"],
    ["\\/evil.example"],
    ["/\\/evil.example"],
    ["https:evil.example"],
    ["https:/evil.example"],
    ["https://evil.example"],
    ["HTTPS://evil.example"],
    ["javascript:alert(1)"],
    ["data:text/html,x"],
    ["evil.example"],
    [".evil.example"],
    ["@evil.example"],
    ["?next=/"],
    [""],
    [" /payments"],
    ["/payments "],
    ["/ /evil.example"],
    ["/\t/evil.example"],
    ["/\n/evil.example"],
    ["\t//evil.example"],
    ["/\r\nSet-Cookie: a=b"],
    ["/%0d%0aSet-Cookie:%20a=b"],
    ["/\u0000"],
    ["/%00"],
    ["/%2fevil.example"],
    ["/%2Fevil.example"],
    ["%2f%2fevil.example"],
    ["/%5cevil.example"],
    ["/%252fevil.example"],
    ["/%25252fevil.example"],
    ["/%2525252fevil.example"],
    ["/%09/evil.example"],
    ["/.//evil.example"],
    ["/..//evil.example"],
    ["/payments/..//evil.example"],
    ["/%2e%2e//evil.example"],
    ["/%2e/%2fevil.example"],
    ["/payments/../../x"],
    ["/%"],
    ["/%zz"],
    ["/\uff0fevil.example"],
    ["/\u2028"],
    ["/payments#//evil.example"],
    ["/caf%C3%A9"],
    ["/sign-in"],
    ["/sign-in?next=/sign-in"],
    ["/SIGN-OUT"],
    ["/sign%2Dout"],
    [`/${"a".repeat(500)}`],
    [["/payments", "//evil.example"]],
    [{ toString: () => "/payments" }],
    [undefined],
    [null],
    [1],
  ])("%j", (asked) => {
    expect(nextPath(asked)).toBe("/");
  });
});

test("whatever is asked for, a browser stays here", () => {
  const here = "https://ops.example.com";
  const piece = fc.constantFrom(
    "/",
    "\\",
    ".",
    "%",
    "2f",
    "5c",
    "25",
    "evil.example",
    ":",
    "@",
    "?",
    "#",
    "\t",
    "a",
    "https:",
  );
  const asked = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join("")}`),
  );
  fc.assert(
    fc.property(asked, (text) => {
      const path = nextPath(text);
      expect(new URL(path, `${here}/sign-in`).origin).toBe(here);
      expect(new URL(path, `${here}/sign-in`).href).toBe(`${here}${path}`);
      // Not even when something on the way decodes it once more.
      const decoded = new URL(decodeURIComponent(path.split("?")[0] ?? ""), here);
      expect(decoded.origin).toBe(here);
    }),
    { numRuns: 2_000 },
  );
});
