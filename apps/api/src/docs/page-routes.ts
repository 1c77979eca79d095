import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import express, { type RequestHandler, Router } from "express";

const ownFiles = fileURLToPath(new URL("./assets", import.meta.url));
const swaggerManifest = createRequire(import.meta.url).resolve("swagger-ui-dist/package.json");
const { version } = JSON.parse(readFileSync(swaggerManifest, "utf8")) as { version: string };

/** Below a path that changes with its version, so browsers may keep it for good. */
const SWAGGER_PATH = `/docs/swagger-ui-${version}`;

/** What the page needs of Swagger UI; the rest, its own pages and source maps, is not served. */
const SWAGGER_FILES = /^\/(swagger-ui\.css|swagger-ui-bundle\.js|favicon-32x32\.png)$/;

/**
 * The page is made of our own files alone and talks to this server alone. Swagger UI sets styles on its elements one by one
 * by script, which is not what `style-src` is about.
 */
const PAGE_HEADERS = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** The description of the API as a page for people, at `/docs`. */
export function docsPageRoutes(): Router {
  const router = Router({ caseSensitive: true });
  const page = readFileSync(`${ownFiles}/page.html`, "utf8").replaceAll("{{swagger}}", SWAGGER_PATH);
  router.use("/docs", setPageHeaders);
  router.get("/docs", (_request, response) => {
    response.set("Cache-Control", "no-cache").type("html").send(page);
  });
  router.use(
    SWAGGER_PATH,
    onlySwaggerFiles,
    express.static(dirname(swaggerManifest), { immutable: true, maxAge: "1y" }),
  );
  router.use("/docs", express.static(ownFiles, { index: false, redirect: false, cacheControl: false }));
  return router;
}

const setPageHeaders: RequestHandler = (_request, response, next) => {
  response.set({ ...PAGE_HEADERS, "Cache-Control": "no-cache" });
  next();
};

const onlySwaggerFiles: RequestHandler = (request, response, next) => {
  if (!SWAGGER_FILES.test(request.path)) return next("router");
  response.removeHeader("Cache-Control");
  next();
};
