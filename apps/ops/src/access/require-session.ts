import { findOperatorSession, type Operator } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import type { Request, RequestHandler, Response } from "express";
import { DASHBOARD_PATH } from "../dashboard/dashboard-path.ts";
import type { OpsDependencies } from "../dependencies.ts";
import type { Cookies } from "./cookies.ts";
import { csrfTokenOf } from "./csrf-token.ts";
import { nextPath } from "./next-path.ts";
import { hashToken, TOKEN } from "./random-token.ts";
import { isSafeMethod } from "./require-own-origin.ts";

declare module "express-serve-static-core" {
  interface Locals {
    /** Who makes the request. Set by `requireSession` and `requireToken`. */
    operator: Operator;
  }
}

/** Lets only those pass who are signed in. Others are sent to the sign-in, and come back to where they wanted to go. */
export function requireSession({ db }: Pick<OpsDependencies, "db">, cookies: Cookies): RequestHandler {
  return async (request, response, next) => {
    const token = readSessionToken(cookies, request);
    const isActivity = !isByScript(request);
    const operator = token && (await findOperatorSession(db.pool, hashToken(token), { isActivity }));
    if (!operator) return askToSignIn(request, response);
    response.locals.operator = operator;
    response.locals.csrfToken = csrfTokenOf(token);
    next();
  };
}

export function readSessionToken(cookies: Cookies, request: Request): string | null {
  return cookies.read(request, "session", TOKEN);
}

/**
 * Asked for by a page and not by a person: live regions and the dashboard ask every few seconds, for as long as the page is
 * open, and must not keep a session alive that nobody uses.
 */
function isByScript(request: Request): boolean {
  // Over plain http a browser does not say what it fetches for.
  const isDashboardPolling = request.originalUrl.startsWith(`${DASHBOARD_PATH}/api/`);
  return isDashboardPolling || request.get("HX-Request") !== undefined || request.get("Sec-Fetch-Dest") === "empty";
}

function askToSignIn(request: Request, response: Response): void {
  if (!isByScript(request)) {
    // A form that comes too late cannot be sent again from here.
    response.redirect(303, signInPath(isSafeMethod(request) ? request.originalUrl : "/"));
    return;
  }
  // A redirect would be followed, and the sign-in page put into the middle of the page that asked.
  if (request.get("HX-Request") !== undefined) response.setHeader("HX-Redirect", signInPath(pageOf(request)));
  throw new PayonceError("not_signed_in", "You are not signed in, or not any more.");
}

function signInPath(next: string): string {
  const path = nextPath(next);
  return path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`;
}

/** The page that a live region is in. */
function pageOf(request: Request): string {
  const page = request.get("HX-Current-URL") ?? "";
  if (!URL.canParse(page)) return "/";
  const { pathname, search } = new URL(page);
  return `${pathname}${search}`;
}
