import { defineConfig } from "vite";

export default defineConfig({
  root: "page",
  // No script that was not written here, and none within the page: its Content-Security-Policy forbids it.
  build: { outDir: "../dist/page", emptyOutDir: true, modulePreload: false, assetsInlineLimit: 0, target: "es2022" },
});
