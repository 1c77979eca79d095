const ORDINARY = /^\/[\x21-\x22\x24-\x7e]*$/;

/**
 * A request's target as a path: `http://host/path` (RFC 9112 §3.2.2) becomes `/path`, and `*`, or what is no target at all,
 * a path that leads nowhere. Express would answer those by itself, in HTML.
 */
export function toPath(target = "/"): string {
  if (ORDINARY.test(target)) return target;
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "");
  // A fragment or a blank has no business here, and makes the parser behind Express guess.
  const safe = path.replace(/[^\x21-\x7e]|#/g, encodeURIComponent);
  return safe.startsWith("/") ? safe : `/${safe}`;
}
