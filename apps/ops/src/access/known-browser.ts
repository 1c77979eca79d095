import { randomBytes } from "node:crypto";
import type { Request, Response } from "express";
import type { Cookies } from "./cookies.ts";
import { deriveToken, isSameToken } from "./random-token.ts";

const PATTERN = /^[\w-]{22}\.[\w-]{43}$/;
const maxAgeSeconds = 90 * 24 * 60 * 60;

/**
 * The number of a browser that this person has signed in with before; null for any other. It is sealed with the hash of the
 * person's password, which no browser gets to see: nobody else's browser passes for it, and with a new password none does.
 *
 * @param passwordHash null when there is nobody of the name that was typed
 */
export function readKnownBrowser(cookies: Cookies, request: Request, passwordHash: string | null): string | null {
  const [number, seal] = cookies.read(request, "browser", PATTERN)?.split(".") ?? [];
  if (!number || passwordHash === null) return null;
  return isSameToken(seal, sealOf(number, passwordHash)) ? number : null;
}

export function rememberBrowser(cookies: Cookies, response: Response, passwordHash: string): void {
  const number = randomBytes(16).toString("base64url");
  cookies.set(response, "browser", `${number}.${sealOf(number, passwordHash)}`, maxAgeSeconds);
}

function sealOf(number: string, passwordHash: string): string {
  return deriveToken(passwordHash, `known browser ${number}`);
}
