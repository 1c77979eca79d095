import type { Response } from "express";
import { csrfToken } from "../access/csrf-token.ts";
import { hasRole } from "../access/require-role.ts";
import type { SignedIn } from "./layout.tsx";

/** Who looks at the page that is being made, and whether there are forms on it for them. */
export function pageContext(response: Response): { signedIn: SignedIn; mayAct: boolean } {
  const { operator } = response.locals;
  return { signedIn: { operator, csrf: csrfToken(response) }, mayAct: hasRole(operator, "operator") };
}

export function sendPage(response: Response, html: string, status = 200): void {
  response.status(status).type("html").send(html);
}
