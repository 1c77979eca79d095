/** The value at a path such as `data[0].id`, `data.0.id` or `headers["etag"]`; undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  const parts = [...path.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, name]) => {
    return quoted ?? index ?? name ?? "";
  });
  return parts.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], value);
}

/** As it is written in a check: a number, true, false or null where it looks like one, and text otherwise. */
export function readLiteral(text: string): unknown {
  if (/^"(.*)"$/.test(text)) return text.slice(1, -1);
  if (/^-?\d+$/.test(text)) return Number(text);
  const names: Record<string, unknown> = { true: true, false: false, null: null };
  return text in names ? names[text] : text;
}
