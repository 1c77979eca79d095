import { euros } from "../result-table.ts";
import type { SideResult } from "../run-side.ts";
import { escapeHtml } from "./escape-html.ts";
import { eventsOf, type Story } from "./pick-stories.ts";
import { drawSequence } from "./sequence-diagram.ts";

/** One order, as it went at both services, side by side. */
export function renderStory(story: Story, naive: SideResult, payonce: SideResult): string {
  return `<section id="${story.id}"><h2>${escapeHtml(story.title)}</h2>
<p>${escapeHtml(story.what)}</p>
<div class="pair">${renderSide(story, naive, "Naive service", story.naive)}${renderSide(story, payonce, "Payonce", story.payonce)}</div></section>`;
}

function renderSide({ checkout, title }: Story, side: SideResult, service: string, said: string): string {
  const events = eventsOf(side, checkout);
  const taken = events.filter(({ isMoney }) => isMoney).length;
  const surplus = euros(Math.max(0, taken - 1) * checkout.amountMinor);
  const isFine = side.judgement.fates.get(checkout.order) === "charged_once";
  const verdict = isFine
    ? "Charged once."
    : `Charged ${taken === 2 ? "twice" : `${taken} times`}. ${surplus} are owed back.`;
  const diagram = drawSequence({
    service,
    amountMinor: checkout.amountMinor,
    events,
    crashes: side.crashes,
    label: `${title}, at ${service}: ${events.map(({ from, to, text }) => `${from} to ${to}: ${text}`).join("; ")}. ${verdict}`,
  });
  return `<div class="card"><h3>${service}</h3><p class="small">${escapeHtml(said)}</p>${diagram}
<p class="verdict ${isFine ? "good" : "bad"}">${verdict}</p></div>`;
}
