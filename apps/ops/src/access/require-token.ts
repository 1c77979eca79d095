import { findOperatorByToken, hashOperatorToken } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import { clientAddress } from "@payonce/http";
import type { RequestHandler } from "express";
import type { OpsDependencies } from "../dependencies.ts";
import type { SignInThrottle } from "./throttle-sign-ins.ts";

const HOW = "Send an operator token as `Authorization: Bearer opt_…`.";
const BEARER = /^Bearer +(opt_[0-9A-Za-z]{43})$/i;
const param = "Authorization";

/**
 * Lets only holders of a live operator token pass. Cookies count for nothing here, so no other site can send anything in an
 * operator's name.
 *
 * Tokens that are nobody's are counted by address, and answered 429 when there were many. A good one always passes: it
 * cannot be guessed, so a script with an old token need not stop those beside it.
 */
export function requireToken({ db }: Pick<OpsDependencies, "db">, throttle: SignInThrottle): RequestHandler {
  return async (request, response, next) => {
    const [header, another] = request.headersDistinct.authorization ?? [];
    if (!header) throw new PayonceError("not_signed_in", HOW, { param });
    if (another !== undefined)
      throw new PayonceError("operator_token_invalid", "There is more than one Authorization header.", { param });
    const token = BEARER.exec(header)?.[1];
    const operator = token ? await findOperatorByToken(db.pool, hashOperatorToken(token)) : null;
    if (!operator) {
      await throttle.countBadToken(clientAddress(request), response);
      throw new PayonceError("operator_token_invalid", `The token is unknown or revoked. ${HOW}`, { param });
    }
    response.locals.operator = operator;
    next();
  };
}
