import type { Request, RequestHandler } from "express";
import type { SendAnswer } from "./send-answer.ts";
import { INVALID_API_KEY, MISSING_API_KEY } from "./stripe-errors.ts";

/** Lets requests with a Stripe test key pass. Any test key will do; a live key is turned away like a wrong one. */
export function authenticate(send: SendAnswer): RequestHandler {
  return (req, res, next) => {
    if (apiKeyOf(req) !== null) return next();
    return send(res, req.get("authorization") === undefined ? MISSING_API_KEY : INVALID_API_KEY);
  };
}

/** The request's `sk_test_…` key, or null where it has none. */
export function apiKeyOf(req: Request): string | null {
  return /^Bearer +(sk_test_\w+)$/i.exec(req.get("authorization") ?? "")?.[1] ?? null;
}
