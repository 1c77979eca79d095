import { createOperatorSession, deleteExpiredOperatorSessions, endOperatorSession } from "@payonce/db/operations";
import type { Request, Response } from "express";
import type pg from "pg";
import type { Cookies } from "./cookies.ts";
import { rememberBrowser } from "./known-browser.ts";
import { hashToken, randomToken } from "./random-token.ts";
import { readSessionToken } from "./require-session.ts";

/**
 * Starts a session under a token that nobody has seen before, whatever cookie came along: one that somebody else put there
 * would let them in, too. The session before, if there was one, ends.
 *
 * @returns false when the operator has been disabled or has another password by now
 */
export async function startSession(
  pool: pg.Pool,
  cookies: Cookies,
  { request, response }: { request: Request; response: Response },
  { operatorId, passwordHash }: { operatorId: string; passwordHash: string },
): Promise<boolean> {
  const token = randomToken();
  if (!(await createOperatorSession(pool, { tokenHash: hashToken(token), operatorId, passwordHash }))) return false;
  const before = readSessionToken(cookies, request);
  if (before) await endOperatorSession(pool, hashToken(before));
  // Sessions are made nowhere else, so there are never many that are over.
  await deleteExpiredOperatorSessions(pool);
  cookies.set(response, "session", token);
  cookies.clear(response, "form");
  rememberBrowser(cookies, response, passwordHash);
  return true;
}
