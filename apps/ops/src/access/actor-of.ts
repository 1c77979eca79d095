import type { Actor } from "@payonce/db/operations";
import type { Response } from "express";

/** Who makes this request, as the audit log keeps it. Behind `requireSession` or `requireToken` only. */
export function actorOf(response: Response, via: "console" | "api"): Actor {
  const { id, username } = response.locals.operator;
  return { operatorId: id, name: username, via };
}
