import { createHash } from "node:crypto";
import type { BrowserPayment, PaymentResource } from "@payonce/domain";

/** The tag of a payment as it is shown: its version, for people, and a hash of all of it, for what rises no version. */
export function etagOf(payment: PaymentResource | BrowserPayment): string {
  const hash = createHash("sha256").update(JSON.stringify(payment)).digest("base64url").slice(0, 16);
  return `"${payment.version}-${hash}"`;
}

/** Whether an `If-None-Match` header names the tag. A proxy that compresses makes tags weak, which means the same here. */
export function namesTag(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.trim() === "*" || (ifNoneMatch.match(/"[^"]*"/g)?.includes(etag) ?? false);
}
