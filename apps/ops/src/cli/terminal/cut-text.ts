const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

// Drawn over two columns by terminals: the scripts of East Asia, their wide forms, and pictures.
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u;

/** How many columns of a terminal a text takes, as near as can be told without asking it. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** At most so many columns of a text; `…` says that there was more. */
export function cutText(text: string, maxWidth: number): string {
  if (widthOf(text) <= maxWidth) return text;
  let kept = "";
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > maxWidth - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
