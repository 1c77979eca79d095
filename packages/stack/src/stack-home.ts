import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root: the same from src/ and from dist/. */
export const repositoryRoot = resolve(fileURLToPath(new URL("../../..", import.meta.url)));

/** Where a stack keeps its data, keys, logs and stack.json: `PAYONCE_HOME`, else `.payonce/` in the repository. */
export function stackHome(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(repositoryRoot, env.PAYONCE_HOME || ".payonce");
}

/**
 * Makes the folder; others may pass through (a Postgres that runs as another user must) but not list it.
 *
 * @returns whether it holds no stack yet
 */
export function makeHome(home: string): boolean {
  mkdirSync(home, { recursive: true, mode: 0o711 });
  return !existsSync(secretsPath(home));
}

export function secretsPath(home: string): string {
  return join(home, "secrets.json");
}

/** Where Postgres keeps its data when the user it has to run as cannot reach `home`. */
export function dataDirOutsideHome(home: string): string {
  return `/var/tmp/payonce-data-${createHash("sha256").update(home).digest("hex").slice(0, 12)}`;
}

/** Also when the home was removed by hand: without its secrets nobody can open that data again. */
export function forgetDataOutside(home: string): void {
  // Only root's Postgres ever keeps it there.
  if (process.getuid?.() === 0) rmSync(dataDirOutsideHome(home), { recursive: true, force: true });
}

export function logsDir(home: string): string {
  return join(home, "logs");
}
