import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Router } from "express";

const dependencies = createRequire(import.meta.url);

const FILES = {
  "console.css": { from: ownFile("console.css"), type: "text/css; charset=utf-8" },
  "console.js": { from: ownFile("console.js"), type: "text/javascript; charset=utf-8" },
  "icon.svg": { from: ownFile("icon.svg"), type: "image/svg+xml" },
  "htmx.js": { from: dependencies.resolve("htmx.org/dist/htmx.min.js"), type: "text/javascript; charset=utf-8" },
};

export type AssetName = keyof typeof FILES;

// Read once, when the process starts: a file that is missing is found out then, and a path names one content for ever.
const assets = new Map(
  Object.entries(FILES).map(([name, { from, type }]) => {
    const body = readFileSync(from);
    const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
    return [name, { path: `/assets/${name.replace(".", `.${hash}.`)}`, body, type }];
  }),
);

/** Where an asset is served, with a hash of its content in the name. */
export function assetPath(name: AssetName): string {
  return assets.get(name)?.path ?? "";
}

/** Serves style sheet, scripts and icon, to anybody: the sign-in page needs them, and they say nothing. */
export function assetRoutes(): Router {
  const router = Router({ caseSensitive: true, strict: true });
  for (const { path, body, type } of assets.values()) {
    router.get(path, (_request, response) => {
      response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
      response.type(type).send(body);
    });
  }
  return router;
}

function ownFile(name: string): URL {
  return new URL(`./assets/${name}`, import.meta.url);
}
