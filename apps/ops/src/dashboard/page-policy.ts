import { createHash } from "node:crypto";

/** The one inline style of bull-board's user interface; it puts it in when a list of choices opens. */
export const INLINE_STYLE =
  ".base-ui-disable-scrollbar{scrollbar-width:none}.base-ui-disable-scrollbar::-webkit-scrollbar{display:none}";

const styleHash = createHash("sha256").update(INLINE_STYLE).digest("base64");

/**
 * The Content-Security-Policy of bull-board's pages. They need no more: their scripts and styles are files, all of them
 * ours. `base-uri` is for their `<base>`, `worker-src` for what colours JSON.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' 'sha256-${styleHash}'`,
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
