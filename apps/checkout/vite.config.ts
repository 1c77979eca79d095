import { defineConfig } from "vite";
import { writeCards } from "./page/cards-as-html.ts";

export default defineConfig({
  root: "page",
  plugins: [{ name: "write-cards", transformIndexHtml: writeCards }],
  // No script that was not written here, and none within the page: its Content-Security-Policy forbids it.
  build: { outDir: "../dist/page", emptyOutDir: true, modulePreload: false, assetsInlineLimit: 0, target: "es2022" },
});
