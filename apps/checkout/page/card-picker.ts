import { find } from "./elements.ts";

/** Tells which card is chosen, also beside those that are folded away. */
export function createCardPicker(): { token(): string } {
  const cards = find("cards");
  const chosen = () => cards.querySelector<HTMLInputElement>("input:checked");
  const showChoice = () => {
    const input = chosen();
    const name = input?.closest("#more .card")?.querySelector(".name")?.textContent;
    find("chosen-more").textContent = name ? `chosen: ${name}` : "that work, decline and misbehave";
  };
  cards.addEventListener("change", showChoice);
  // A browser puts back what was chosen before a reload.
  window.addEventListener("pageshow", showChoice);
  return { token: () => chosen()?.value ?? "" };
}
