import { type Card, FIRST_CARDS, MORE_CARDS } from "./cards.ts";

/** The choices as the built page has them: what a script put in later would make the page jump. */
export function writeCards(html: string): string {
  const groups = MORE_CARDS.map(
    ({ title, cards }) =>
      `<fieldset><legend>${escapeHtml(title)}</legend><div class="cards">${choices(cards)}</div></fieldset>`,
  );
  return html
    .replace("<!-- first cards -->", () => choices(FIRST_CARDS))
    .replace("<!-- more cards -->", () => groups.join(""));
}

function choices(cards: readonly Card[]): string {
  return cards
    .map(({ token, name, about }) => {
      const checked = token === FIRST_CARDS[0]?.token ? " checked" : "";
      const text = `<span class="name">${escapeHtml(name)}</span><span class="about">${escapeHtml(about)}</span>`;
      return `<label class="card"><input type="radio" name="card" value="${token}"${checked}><span>${text}</span></label>`;
    })
    .join("");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
