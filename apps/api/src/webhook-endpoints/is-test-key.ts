import type { Request } from "express";

/** Whether the request came with a test key; the mode is written into the key, which has been found to be genuine before. */
export function isTestKey(request: Request): boolean {
  return /^Bearer +sk_test_/i.test(request.get("authorization") ?? "");
}
