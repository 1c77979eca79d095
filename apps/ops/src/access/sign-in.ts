import { findOperatorCredentials, type OperatorCredentials, USERNAME } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import { clientAddress } from "@payonce/http";
import type { Request, RequestHandler, Response } from "express";
import type { OpsDependencies } from "../dependencies.ts";
import { checkCredentials } from "./check-credentials.ts";
import type { Cookies } from "./cookies.ts";
import { readKnownBrowser } from "./known-browser.ts";
import { readSignInForm, type SignInFields, sendSignInForm } from "./sign-in-form.ts";
import { startSession } from "./start-session.ts";
import type { SignInThrottle } from "./throttle-sign-ins.ts";

/** Takes the sign-in form. Behind `requireOwnOrigin` and `readForm`. */
export function signIn(dependencies: OpsDependencies, cookies: Cookies, throttle: SignInThrottle): RequestHandler {
  const { db, logger } = dependencies;
  return async (request, response) => {
    const { username, password, next } = readSignInForm(cookies, request);
    const found = USERNAME.test(username) ? await findOperatorCredentials(db.pool, username) : null;
    const log = {
      requestId: response.locals.requestId,
      address: clientAddress(request),
      // Never the name that was typed: it may be a password.
      ...(found && { operatorId: found.id }),
    };
    try {
      await admit({ request, response, found, username, password });
    } catch (error) {
      if (!(error instanceof PayonceError)) throw error;
      logger.warn({ ...log, code: error.code }, "sign-in refused");
      if (error.code === "busy") throw error;
      response.status(error.status);
      return sendSignInForm(cookies, request, response, { next, error: error.message, username });
    }
    logger.info(log, "signed in");
    response.redirect(303, next);
  };

  /** @throws PayonceError credentials_invalid, too_many_sign_ins, busy */
  async function admit({ request, response, found, username, password }: Try): Promise<void> {
    const address = clientAddress(request);
    const knownBrowser = readKnownBrowser(cookies, request, found?.passwordHash ?? null);
    const attempt = { address, username, knownBrowser };
    await throttle.take(attempt, response);
    let isFailure = false;
    try {
      const passwordHash = await checkCredentials(dependencies, found, password);
      const isSignedIn =
        found &&
        passwordHash &&
        (await startSession(db.pool, cookies, { request, response }, { operatorId: found.id, passwordHash }));
      isFailure = !isSignedIn;
    } finally {
      // What could not be looked at, for instance because too many were waiting, has not failed either.
      if (!isFailure) await throttle.giveBack(attempt);
    }
    if (isFailure) throw new PayonceError("credentials_invalid", "The name or the password is wrong.");
  }
}

interface Try extends Omit<SignInFields, "next"> {
  request: Request;
  response: Response;
  found: OperatorCredentials | null;
}
