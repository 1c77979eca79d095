import { PayonceError } from "@payonce/domain";
import type { Request, RequestHandler } from "express";
import { LOOPBACK_HOSTS } from "./loopback-hosts.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

export function isSafeMethod({ method }: Request): boolean {
  return SAFE_METHODS.has(method);
}

/**
 * Lets what may change something pass only from pages of this console. The first of these that a browser sent decides:
 * Origin, Sec-Fetch-Site, Referer; a request with none of them was made by no browser of our time.
 *
 * @param publicUrl our origin, as browsers have it
 */
export function requireOwnOrigin(publicUrl: string): RequestHandler {
  const own = ownOrigins(publicUrl);
  const isOwn = ({ headers }: Request) => {
    const { origin, referer, "sec-fetch-site": site } = headers;
    if (origin !== undefined) return own.has(origin);
    if (site !== undefined) return site === "same-origin";
    return referer !== undefined && URL.canParse(referer) && own.has(new URL(referer).origin);
  };
  return (request, _response, next) => {
    if (!isSafeMethod(request) && !isOwn(request))
      throw new PayonceError("request_forged", "Forms are taken from the pages of this console only.");
    next();
  };
}

/** On one's own machine all names of it are the same place. */
function ownOrigins(publicUrl: string): Set<string> {
  const { protocol, hostname, port, origin } = new URL(publicUrl);
  if (protocol !== "http:" || !LOOPBACK_HOSTS.has(hostname)) return new Set([origin]);
  return new Set([...LOOPBACK_HOSTS].map((name) => `http://${name}${port && `:${port}`}`));
}
