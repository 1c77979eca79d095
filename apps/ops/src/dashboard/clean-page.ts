/**
 * bull-board's page without what our Content-Security-Policy forbids and the page can do without: fonts that it asks of
 * another host, and a picture for while it loads, which is drawn with inline styles.
 */
export function cleanPage(html: string): string {
  return html
    .replace(/<link\b[^>]*\bhref="(?:https?:)?\/\/[^>]*>/g, "")
    .replace(/(<div id="root">)[\s\S]*?<\/style>\s*(<\/div>)/, "$1$2");
}
