/**
 * What a shown answer promises and the output does not have: lines as they stand, the fields of JSON in any order. `…` stands
 * for whatever is there.
 *
 * @returns nothing when the output is as shown
 */
export function findMissing(shown: string, output: string): string[] {
  const isJson = (line: string) => /^\s*[{"]/.test(line);
  const lines = shown.split("\n").filter((line) => line.trim() !== "" && line.trim() !== "…");
  const fields = lines
    .filter(isJson)
    .flatMap((line) => [...line.matchAll(/"\w+":\s*(?:"[^"]*"|true|false|null|\d+)/g)].map(([field]) => field));
  const wanted = [...lines.filter((line) => !isJson(line)), ...fields];
  return wanted.filter((text) => !new RegExp(toPattern(text), "i").test(output));
}

function toPattern(text: string): string {
  const literal = text.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return `${literal.replace(/…/g, '[^"\\n]*')}(?![\\d\\w])`;
}
