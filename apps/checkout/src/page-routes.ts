import { readFileSync } from "node:fs";
import { join } from "node:path";
import { methodNotAllowed } from "@payonce/http";
import express, { Router } from "express";

export interface PageOptions {
  /** The folder that the page was built into. */
  folder: string;
  apiUrl: string;
  publishableKey: string;
}

/** The shop's page, with Payonce's address and the publishable key written into it, and its files. */
export function pageRoutes({ folder, apiUrl, publishableKey }: PageOptions): Router {
  const page = readFileSync(join(folder, "index.html"), "utf8")
    .replaceAll("__API_URL__", () => escapeHtml(apiUrl))
    .replaceAll("__PUBLISHABLE_KEY__", () => escapeHtml(publishableKey));
  const router = Router({ caseSensitive: true });
  router.get("/", (_request, response) => void response.type("html").send(page));
  router.all("/", methodNotAllowed("GET, HEAD"));
  // Their names are made of what is in them.
  router.use(
    "/assets",
    express.static(join(folder, "assets"), { immutable: true, maxAge: "1y", index: false, redirect: false }),
  );
  return router;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
