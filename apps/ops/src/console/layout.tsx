import type { Operator } from "@payonce/db/operations";
import type { ComponentChildren, VNode } from "preact";
import { renderToStaticMarkup } from "preact-render-to-string";
import { assetPath } from "./assets.ts";
import { Icon } from "./elements/icon.tsx";
import { type Notice, NoticeBox } from "./elements/notice.tsx";

/** Who is signed in, as far as a page shows it. */
export interface SignedIn {
  operator: Operator;
  /** For the forms of the page, sign-out among them. */
  csrf: string;
}

export interface PageFrame {
  /** Of this page alone; the product's name is put behind it. */
  title: string;
  /** Path of the entry of the navigation that the page belongs to. */
  section?: string | undefined;
  /** Left out before anybody has signed in: then there is no navigation. */
  signedIn?: SignedIn | undefined;
  /** What has just been done. */
  notice?: Notice | undefined;
}

const NAVIGATION = [
  { path: "/", label: "Overview", icon: "overview" },
  { path: "/payments", label: "Payments", icon: "card" },
  { path: "/refunds", label: "Refunds", icon: "back" },
  { path: "/dead-letters", label: "Dead letters", icon: "letter" },
  { path: "/anomalies", label: "Anomalies", icon: "alert" },
  { path: "/webhooks", label: "Webhooks", icon: "bolt" },
  { path: "/merchants", label: "Merchants", icon: "person" },
  { path: "/bulk-runs", label: "Bulk runs", icon: "stack" },
  { path: "/audit", label: "Audit", icon: "book" },
  { path: "/queues", label: "Queues", icon: "queue" },
] as const;

// No code from attributes, no inline style, no other host, and nothing of a page kept in the browser's storage: what the
// Content-Security-Policy forbids is not even tried.
const HTMX_CONFIG = JSON.stringify({
  allowEval: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  allowScriptTags: false,
  timeout: 5_000,
});

/** A whole HTML document. Everything in `children` is escaped by the renderer. */
export function renderPage(frame: PageFrame, children: ComponentChildren): string {
  return `<!doctype html>${renderToStaticMarkup(<Page {...frame}>{children}</Page>)}`;
}

/** A part of a page, for htmx to put in place of the one before. */
export function renderFragment(part: VNode): string {
  return renderToStaticMarkup(part);
}

function Page({ title, section, signedIn, notice, children }: PageFrame & { children: ComponentChildren }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <meta name="htmx-config" content={HTMX_CONFIG} />
        <title>{`${title} · Payonce console`}</title>
        <link rel="icon" type="image/svg+xml" href={assetPath("icon.svg")} />
        <link rel="stylesheet" href={assetPath("console.css")} />
        {signedIn && <script src={assetPath("htmx.js")} defer />}
        {signedIn && <script src={assetPath("console.js")} defer />}
      </head>
      <body class={signedIn ? "has-menu" : "is-bare"}>
        <a class="skip-link" href="#main">
          Skip to the content
        </a>
        <Masthead section={section} signedIn={signedIn} />
        <main id="main" tabIndex={-1}>
          {notice && <NoticeBox notice={notice} />}
          {children}
        </main>
        {signedIn && (
          <footer class="page-foot">
            <p>All times are UTC.</p>
          </footer>
        )}
      </body>
    </html>
  );
}

function Masthead({ section, signedIn }: Pick<PageFrame, "section" | "signedIn">) {
  return (
    <header class="masthead">
      <a class="brand" href="/">
        <Icon name="logo" />
        <span>
          Payonce <span class="brand-part">console</span>
        </span>
      </a>
      {signedIn && (
        <>
          {/* A popover opens without any script; on a wide screen the menu is always there, and the button is not. */}
          <button type="button" class="button menu-button" popovertarget="menu">
            <Icon name="menu" />
            Menu
          </button>
          <div id="menu" class="menu" popover="auto">
            <Navigation section={section} />
            <Account {...signedIn} />
          </div>
        </>
      )}
    </header>
  );
}

function Navigation({ section }: { section: string | undefined }) {
  return (
    <nav aria-label="Main">
      <ul class="nav">
        {NAVIGATION.map(({ path, label, icon }) => (
          <li key={path}>
            <a href={path} aria-current={path === section ? "page" : undefined}>
              <Icon name={icon} />
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Account({ operator, csrf }: SignedIn) {
  return (
    <form class="account" method="post" action="/sign-out">
      <p class="account-name">
        <span class="visually-hidden">Signed in as </span>
        <strong>{operator.username}</strong>
        <span class="account-role">{operator.role}</span>
      </p>
      <input type="hidden" name="_csrf" value={csrf} />
      <button type="submit" class="button is-quiet">
        Sign out
      </button>
    </form>
  );
}
