import { endOperatorSession, findOperatorSession } from "@payonce/db/operations";
import { methodNotAllowed } from "@payonce/http";
import { type Request, type RequestHandler, Router } from "express";
import type { OpsDependencies } from "../dependencies.ts";
import type { Cookies } from "./cookies.ts";
import { nextPath } from "./next-path.ts";
import { hashToken } from "./random-token.ts";
import { readForm } from "./read-form.ts";
import { readSessionToken } from "./require-session.ts";
import { signIn } from "./sign-in.ts";
import { sendSignInForm } from "./sign-in-form.ts";
import type { SignInThrottle } from "./throttle-sign-ins.ts";

/** Behind `requireOwnOrigin`. */
export function signInRoutes(dependencies: OpsDependencies, cookies: Cookies, throttle: SignInThrottle): Router {
  const router = Router({ caseSensitive: true });
  router.get("/sign-in", showSignIn(dependencies, cookies));
  router.post("/sign-in", readForm, signIn(dependencies, cookies, throttle));
  router.all("/sign-in", methodNotAllowed("GET, HEAD, POST"));
  return router;
}

/** Behind `requireSession` and `requireCsrfToken`. */
export function signOutRoutes(dependencies: OpsDependencies, cookies: Cookies): Router {
  const router = Router({ caseSensitive: true });
  router.post("/sign-out", signOut(dependencies, cookies));
  router.all("/sign-out", methodNotAllowed("POST"));
  return router;
}

function showSignIn({ db }: OpsDependencies, cookies: Cookies): RequestHandler {
  return async (request, response) => {
    const next = nextPath(request.query.next);
    const token = readSessionToken(cookies, request);
    if (token && (await findOperatorSession(db.pool, hashToken(token), { isActivity: true })))
      return response.redirect(303, next);
    // Whoever follows a link from a chat or a mail may well be signed in: their browser keeps SameSite=Strict cookies back
    // until one of our own pages asks.
    if (isFromElsewhere(request)) response.setHeader("Refresh", "0");
    sendSignInForm(cookies, request, response, { next, error: null });
  };
}

function isFromElsewhere(request: Request): boolean {
  return ["cross-site", "same-site"].includes(request.get("Sec-Fetch-Site") ?? "");
}

/** The row goes, so a cookie that somebody has kept is worth nothing. */
function signOut({ db, logger }: OpsDependencies, cookies: Cookies): RequestHandler {
  return async (request, response) => {
    const token = readSessionToken(cookies, request);
    if (token) await endOperatorSession(db.pool, hashToken(token));
    cookies.clear(response, "session");
    const { requestId, operator } = response.locals;
    logger.info({ requestId, operatorId: operator.id }, "signed out");
    response.redirect(303, "/sign-in");
  };
}
