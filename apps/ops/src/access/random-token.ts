import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 bits, base64url. */
export const TOKEN = /^[\w-]{43}$/;

export function randomToken(): string {
  return randomBytes(32).toString("base64url");
}

/** How a token is kept where others might read it. Plain SHA-256, because a token has nothing to guess. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Something only the holder of `key` can make, and from which `key` cannot be found. */
export function deriveToken(key: string, purpose: string): string {
  return createHmac("sha256", key).update(purpose).digest("base64url");
}

/** Compares in a time that says nothing about how much of it is right. */
export function isSameToken(given: unknown, expected: string): boolean {
  if (typeof given !== "string") return false;
  return timingSafeEqual(hashToken(given), hashToken(expected));
}
