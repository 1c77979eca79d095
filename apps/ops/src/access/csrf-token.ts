import { PayonceError } from "@payonce/domain";
import type { Request, RequestHandler, Response } from "express";
import { deriveToken, isSameToken } from "./random-token.ts";
import { isSafeMethod } from "./require-own-origin.ts";

declare module "express-serve-static-core" {
  interface Locals {
    /** What the forms of this session carry. */
    csrfToken: string;
  }
}

/** What a form must carry in a hidden field `_csrf`, or a script in the header `X-CSRF-Token`. Behind `requireSession` only. */
export function csrfToken(response: Response): string {
  return response.locals.csrfToken;
}

/** @param token of a session, or of the sign-in form's own cookie. No page of another site can read either, or what follows */
export function csrfTokenOf(token: string): string {
  return deriveToken(token, "csrf");
}

/** Lets what may change something pass only with the token of this session. */
export const requireCsrfToken: RequestHandler = (request, response, next) => {
  if (!isSafeMethod(request)) checkCsrfToken(request, csrfToken(response));
  next();
};

/** @throws PayonceError request_forged */
export function checkCsrfToken(request: Request, expected: string): void {
  const given = request.get("X-CSRF-Token") ?? request.body?._csrf;
  if (!isSameToken(given, expected))
    throw new PayonceError("request_forged", "The form does not belong to this session. Load the page again.");
}
