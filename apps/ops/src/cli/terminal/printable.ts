// C0 and C1 control characters drive a terminal. Line separators break a row, and the marks that change the direction of
// writing make one text look like another.
const DANGEROUS = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Text from the database as it may reach a terminal: what a merchant wrote must not drive the operator's screen. */
export function printable(text: string): string {
  return text.replace(DANGEROUS, (character) => SHORT[character] ?? escaped(character));
}

/** A JSON document that holds none of these characters either: inside its strings they are written as `\u009b`. */
export function printableJson(json: string): string {
  return json.replace(DANGEROUS, (character) => (character === "\n" ? character : escaped(character)));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
