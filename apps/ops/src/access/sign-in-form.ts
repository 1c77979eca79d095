import { USERNAME } from "@payonce/db/operations";
import type { Request, Response } from "express";
import { renderSignIn } from "../console/sign-in-page.tsx";
import type { Cookies } from "./cookies.ts";
import { checkCsrfToken, csrfTokenOf } from "./csrf-token.ts";
import { nextPath } from "./next-path.ts";
import { randomToken, TOKEN } from "./random-token.ts";

/** What the form sends; whatever is not there, or there twice, is empty. */
export interface SignInFields {
  /** As usernames are kept. It need not be one. */
  username: string;
  password: string;
  next: string;
}

/**
 * Sends the sign-in page. Nobody is signed in yet, so its token belongs to a cookie of the form's own: without that another
 * site could sign a browser in as somebody else, and have its owner act in that name.
 *
 * @param error one sentence about the try that failed; the status is set by the caller
 */
export function sendSignInForm(
  cookies: Cookies,
  request: Request,
  response: Response,
  { next, error, username = "" }: { next: string; error: string | null; username?: string },
): void {
  const known = cookies.read(request, "form", TOKEN);
  const token = known ?? randomToken();
  if (!known) cookies.set(response, "form", token);
  const csrf = csrfTokenOf(token);
  response.type("html").send(renderSignIn({ next, csrf, error, username: USERNAME.test(username) ? username : "" }));
}

/** @throws PayonceError request_forged when the form was not loaded by this browser */
export function readSignInForm(cookies: Cookies, request: Request): SignInFields {
  checkCsrfToken(request, csrfTokenOf(cookies.read(request, "form", TOKEN) ?? randomToken()));
  const { username, password, next } = request.body;
  return { username: text(username).trim().toLowerCase(), password: text(password), next: nextPath(next) };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
