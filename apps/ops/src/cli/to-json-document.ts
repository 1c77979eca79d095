import { printableJson } from "./terminal/printable.ts";

/** Keys below these are a merchant's, and stay as they are. */
const FOREIGN = new Set(["metadata"]);

/** One JSON document with snake_case keys, as the API writes them. */
export function toJsonDocument(value: unknown): string {
  return `${printableJson(JSON.stringify(withSnakeKeys(value), null, 2))}\n`;
}

function withSnakeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSnakeKeys);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    FOREIGN.has(key) ? inner : withSnakeKeys(inner),
  ]);
  return Object.fromEntries(entries);
}
