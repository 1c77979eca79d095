#!/usr/bin/env node
// npm links commands when it installs, and passes over what is not there yet. So this is here before anything is built.
import { existsSync } from "node:fs";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(main)) await import(main);
else {
  console.error("payonce is not built yet. Run: npm run build");
  process.exitCode = 2;
}
