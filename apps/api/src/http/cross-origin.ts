import { type Database, isKnownOrigin } from "@payonce/db";
import { PayonceError } from "@payonce/domain";
import { clientAddress } from "@payonce/http";
import type { Request, RequestHandler, Response } from "express";
import type { RateLimits } from "./rate-limits.ts";

export const CLIENT_SECRET_HEADER = "Payonce-Client-Secret";

const REQUEST_HEADERS = [
  "Authorization",
  "Content-Type",
  "Idempotency-Key",
  "If-None-Match",
  "Last-Event-ID",
  CLIENT_SECRET_HEADER,
].join(", ");
const ANSWER_HEADERS = [
  "ETag",
  "Idempotent-Replayed",
  "Location",
  "RateLimit",
  "RateLimit-Policy",
  "Request-Id",
  "Retry-After",
].join(", ");
/** So long a browser remembers a preflight; Chromium takes no more. */
const MAX_AGE_SECONDS = 7_200;

/**
 * Lets a web page read the answer. Never with a wildcard, and never with credentials: there are no cookies here, and what a
 * page may do is in the keys that it sends.
 */
export function letRead(response: Response, origin: string): void {
  response.setHeader("Access-Control-Allow-Origin", origin);
  response.setHeader("Access-Control-Expose-Headers", ANSWER_HEADERS);
}

/**
 * Answers the question a browser asks before it sends a page's request. It names no key, so any merchant's origin is let
 * through here; the request itself is then compared with the origins of its own merchant.
 */
export function answerPreflight({ pool }: Database, limits: RateLimits, methods: string): RequestHandler {
  return async (request, response, next) => {
    response.vary("Origin");
    const origin = request.get("origin");
    // Another use of OPTIONS.
    if (origin === undefined || request.get("access-control-request-method") === undefined) return next();
    await limits.preflight(clientAddress(request), response);
    if (!(await isKnownOrigin(pool, origin))) throw originNotAllowed();
    letRead(response, origin);
    response.setHeader("Access-Control-Allow-Methods", methods);
    response.setHeader("Access-Control-Allow-Headers", REQUEST_HEADERS);
    response.setHeader("Access-Control-Max-Age", String(MAX_AGE_SECONDS));
    response.status(204).end();
  };
}

export function originNotAllowed(): PayonceError {
  return new PayonceError(
    "origin_not_allowed",
    "A publishable key is taken from the merchant's web pages only. Add the page's origin with `PUT /v1/allowed_origins`.",
    { param: "Origin" },
  );
}

/** Whether the request comes from a web page of another host; `null` is a page that keeps its own to itself. */
export function isFromOtherPage(request: Request): boolean {
  const origin = request.get("origin");
  return origin !== undefined && origin.replace(/^https?:\/\//, "") !== request.get("host");
}
