/** As a page's address may be written. Neither a backslash, which browsers take for a slash, nor blanks and line breaks. */
const PATH_AND_QUERY = /^\/[\w\-.~/?=&%:+,;@!$'()*[\]]*$/;
const maxLength = 500;

/**
 * Where to go after the sign-in: a path of this console, or `/` for whatever else was asked for. Somebody may have been sent
 * here with an address of another site in the link.
 */
export function nextPath(asked: unknown): string {
  if (typeof asked !== "string" || asked.length > maxLength || !PATH_AND_QUERY.test(asked)) return "/";
  const [path = "", query] = asked.split(/\?(.*)/s);
  const readable = decodeFully(path);
  // A second slash, also one that only appears when dots are resolved or something in between decodes it, makes a host of
  // what follows.
  if (readable === null || /\/\/|\/\.{1,2}(\/|$)|\\|[^\x20-\x7e]/.test(readable)) return "/";
  if (/^\/sign-(in|out)(\/|$)/i.test(readable)) return "/";
  return query === undefined ? path : `${path}?${query}`;
}

/** Null for what cannot be decoded, or is encoded over and over. */
function decodeFully(path: string): string | null {
  let text = path;
  for (let round = 0; round < 3; round++) {
    if (!text.includes("%")) return text;
    try {
      text = decodeURIComponent(text);
    } catch {
      return null;
    }
  }
  return null;
}
