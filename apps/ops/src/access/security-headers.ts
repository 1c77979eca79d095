import type { RequestHandler } from "express";

/** Pages are made of our own files alone; nobody may put them into a frame, where clicks can be stolen. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Two years, as browsers ask of those whom they take onto their lists. */
const HSTS = "max-age=63072000";

/**
 * On every answer, whatever it is. A part that needs another policy for its pages sets it behind this.
 *
 * @param isSecure whether browsers come over https
 */
export function securityHeaders({ isSecure }: { isSecure: boolean }): RequestHandler {
  const headers = new Map([
    ["Content-Security-Policy", CONTENT_SECURITY_POLICY],
    // For browsers that know no frame-ancestors.
    ["X-Frame-Options", "DENY"],
    ["X-Content-Type-Options", "nosniff"],
    // With `no-referrer` browsers would send our own forms with `Origin: null`.
    ["Referrer-Policy", "same-origin"],
    ["Cross-Origin-Opener-Policy", "same-origin"],
    ["Cross-Origin-Resource-Policy", "same-origin"],
    // Pages show payments; files that say nothing set another.
    ["Cache-Control", "no-store"],
  ]);
  if (isSecure) headers.set("Strict-Transport-Security", HSTS);
  return (_request, response, next) => {
    response.setHeaders(headers);
    next();
  };
}
