import { type Operator, ROLES, type Role } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import type { RequestHandler } from "express";

/** Lets an operator pass who has this role, or one that may do more. Behind `requireSession` or `requireToken` only. */
export function requireRole(role: Role): RequestHandler {
  return (_request, response, next) => {
    if (!hasRole(response.locals.operator, role))
      throw new PayonceError(
        "role_insufficient",
        `Only an ${orMore(role)} may do this; you are a ${response.locals.operator.role}.`,
      );
    next();
  };
}

/** For what a page shows; what is done is checked by `requireRole`. */
export function hasRole(operator: Operator, role: Role): boolean {
  return ROLES.indexOf(operator.role) >= ROLES.indexOf(role);
}

function orMore(role: Role): string {
  return ROLES.slice(ROLES.indexOf(role)).join(" or ");
}
