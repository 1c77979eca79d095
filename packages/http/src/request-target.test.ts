import { expect, test } from "@jest/globals";
import { toPath } from "./request-target.ts";

test.each([
  ["/v1/payments?limit=1", "/v1/payments?limit=1"],
  ["//a//b", "//a//b"],
  ["http://host:80/v1/payments?a=http://b/c", "/v1/payments?a=http://b/c"],
  ["HTTPS://host", "/"],
  ["http://host?a", "/?a"],
  ["*", "/*"],
  ["a:b", "/a:b"],
  ["host:443", "/host:443"],
  ["", "/"],
  ["//!@#", "//!@%23"],
  ["/\u00fc\u00a0", "/%C3%BC%C2%A0"],
])("the target %p is read as the path %p", (target, path) => {
  expect(toPath(target)).toBe(path);
});
