import { parseCookie, stringifySetCookie } from "cookie";
import type { Request, Response } from "express";

const NAMES = {
  /** Whoever has it is signed in. */
  session: "payonce_ops",
  /** Ties the sign-in form to the browser that loaded it. */
  form: "payonce_ops_form",
  /** Says that somebody has signed in with this browser before. Gives no access. */
  browser: "payonce_ops_browser",
} as const;

export type CookieName = keyof typeof NAMES;
export type Cookies = ReturnType<typeof createCookies>;

/**
 * @param isSecure whether browsers come over https. Then the names begin with `__Host-`, with which a browser takes a
 *   cookie from this very host over https only, so that no neighbour under the same domain can plant one. Over plain http,
 *   which is for one's own machine, a browser would take no such cookie.
 */
export function createCookies({ isSecure }: { isSecure: boolean }) {
  const nameOf = (name: CookieName) => `${isSecure ? "__Host-" : ""}${NAMES[name]}`;
  const attributes = { path: "/", httpOnly: true, secure: isSecure, sameSite: "strict" } as const;
  return {
    nameOf,
    /** @param pattern what does not look like ours is as good as absent */
    read(request: Request, name: CookieName, pattern: RegExp): string | null {
      const value = parseCookie(request.headers.cookie ?? "")[nameOf(name)];
      return value && pattern.test(value) ? value : null;
    },
    /** @param maxAgeSeconds left out for one that ends with the browser */
    set(response: Response, name: CookieName, value: string, maxAgeSeconds?: number): void {
      const age = maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds };
      response.append("Set-Cookie", stringifySetCookie({ name: nameOf(name), value, ...attributes, ...age }));
    },
    clear(response: Response, name: CookieName): void {
      response.append("Set-Cookie", stringifySetCookie({ name: nameOf(name), value: "", ...attributes, maxAge: 0 }));
    },
  };
}
