import { createHash } from "node:crypto";

/** A hash that is the same for the same parts. The same parameters in another order are the same parameters. */
export function fingerprintOf(parts: readonly unknown[]): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(parts)))
    .digest("base64url");
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, field]) => [name, sorted(field)]));
}
