import { readFileSync } from "node:fs";

/** The version of this command, and of the apps that were built with it. */
export const PAYONCE_VERSION: string = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
).version;
