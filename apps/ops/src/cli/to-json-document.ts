import { printableJson } from "./terminal/printable.ts";

/** One JSON document, which people may look at too: no character in it drives a terminal. */
export function toJsonDocument(value: unknown): string {
  return `${printableJson(JSON.stringify(value, null, 2))}\n`;
}
