import { type Card, FIRST_CARDS, MORE_CARDS } from "./cards.ts";
import { create, find } from "./elements.ts";

/** Shows all cards. Answers which one is chosen. */
export function createCardPicker(): { token(): string } {
  const [first, more, details] = [find("first-cards"), find("more-cards"), find<HTMLDetailsElement>("more")];
  first.append(...FIRST_CARDS.map(choice));
  more.append(
    ...MORE_CARDS.map(({ title, cards }) =>
      create(
        "fieldset",
        {},
        create("legend", { textContent: title }),
        create("div", { className: "cards" }, ...cards.map(choice)),
      ),
    ),
  );
  const chosen = () => find("cards").querySelector<HTMLInputElement>("input:checked");
  const [usual] = first.getElementsByTagName("input");
  if (usual && !chosen()) usual.checked = true;

  const showChoice = () => {
    const input = chosen();
    const isMore = input !== null && details.contains(input);
    const name = input?.closest("label")?.querySelector(".name")?.textContent ?? "";
    find("chosen-more").textContent = isMore ? `chosen: ${name}` : "that work, decline and misbehave";
  };
  find("cards").addEventListener("change", showChoice);
  // A browser may have put back what was chosen before a reload.
  requestAnimationFrame(showChoice);
  showChoice();
  return { token: () => chosen()?.value ?? "" };
}

function choice({ token, name, about }: Card): HTMLElement {
  const input = create("input", { type: "radio", name: "card", value: token });
  const text = create(
    "span",
    {},
    create("span", { className: "name", textContent: name }),
    create("span", { className: "about", textContent: about }),
  );
  return create("label", { className: "card" }, input, text);
}
