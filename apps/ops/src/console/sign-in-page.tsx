import { NoticeBox } from "./elements/notice.tsx";
import { renderPage } from "./layout.tsx";

export interface SignInPage {
  /** Where to go afterwards: a path of this console, as checked by whoever redirects there. */
  next: string;
  csrf: string;
  /** One sentence about the sign-in that failed; null the first time. */
  error: string | null;
  /** As typed before, so that only the password has to be typed again. */
  username?: string | undefined;
}

/** The page that posts `username`, `password`, `next` and `_csrf` to `/sign-in`. */
export function renderSignIn({ next, csrf, error, username = "" }: SignInPage): string {
  return renderPage(
    { title: error ? "Sign-in failed" : "Sign in" },
    <div class="card sign-in">
      <h1>Sign in</h1>
      {error && (
        <div id="sign-in-error">
          <NoticeBox notice={{ tone: "bad", text: error }} />
        </div>
      )}
      <form method="post" action="/sign-in" class="stack">
        <input type="hidden" name="_csrf" value={csrf} />
        <input type="hidden" name="next" value={next} />
        <div class="field">
          <label for="username">Name</label>
          <input
            id="username"
            name="username"
            required
            maxLength={100}
            value={username}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            autofocus={username === ""}
            {...(error && { "aria-describedby": "sign-in-error", "aria-invalid": true })}
          />
        </div>
        <div class="field">
          <label for="password">Password</label>
          <input
            id="password"
            name="password"
            type="password"
            required
            autocomplete="current-password"
            autofocus={username !== ""}
            {...(error && { "aria-describedby": "sign-in-error", "aria-invalid": true })}
          />
        </div>
        <button type="submit" class="button is-primary">
          Sign in
        </button>
      </form>
    </div>,
  );
}
