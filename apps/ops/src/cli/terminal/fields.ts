import { type Colour, type Look, paint } from "./look.ts";
import { printable } from "./printable.ts";

export type Field = readonly [name: string, value: string | number | null | undefined, colour?: Colour | undefined];

/** Names and values under one another; a field without a value is left out. */
export function fields(look: Look, list: readonly Field[]): string {
  const shown = list.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown
    .map(([name, value, colour]) => {
      const label = paint(look, "dim", name);
      return `${label}${" ".repeat(width - name.length)}  ${paint(look, colour, printable(String(value)))}\n`;
    })
    .join("");
}
