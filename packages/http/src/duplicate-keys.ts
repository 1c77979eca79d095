/**
 * True when an object in the text has a key twice. JSON.parse keeps the last and drops the other without a word; a proxy or
 * log in front of us may have read the first, and with it another amount.
 *
 * @param json text that JSON.parse accepts
 */
export function hasDuplicateKeys(json: string): boolean {
  const objects: Set<string>[] = [];
  // Strings, with the colon that makes one a key; braces outside of strings. All else is passed over.
  for (const [token, string, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    if (token === "{") objects.push(new Set());
    else if (token === "}") objects.pop();
    else if (colon && string) {
      const keys = objects.at(-1);
      const key = JSON.parse(string);
      if (keys?.has(key)) return true;
      keys?.add(key);
    }
  }
  return false;
}
