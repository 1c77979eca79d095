import { type Fate, isClean } from "../judge.ts";
import type { Plan } from "../plan.ts";
import { euros, type ResultRow, resultRows } from "../result-table.ts";
import type { SideResult } from "../run-side.ts";
import { escapeHtml } from "./escape-html.ts";
import { renderNaiveCode, renderNotes } from "./notes.ts";
import { pickStories } from "./pick-stories.ts";
import { renderStory } from "./render-story.ts";
import { REPORT_STYLE } from "./report-style.ts";
import { drawSquares, FATES } from "./squares.ts";

export interface ReportInput {
  plan: Plan;
  naive: SideResult;
  payonce: SideResult;
  /** How long both services waited for the provider. */
  providerTimeoutMs: number;
}

/** The whole comparison as one HTML file that needs nothing else, no script either. */
export function renderReport(input: ReportInput): string {
  const { plan, naive, payonce } = input;
  const stories = pickStories(input).map((story) => renderStory(story, naive, payonce));
  const options = `--seed ${plan.seed} --checkouts ${plan.checkouts.length}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The same bad day, twice: a naive payment service and Payonce</title>
<style>${REPORT_STYLE}</style>
</head>
<body><main>
<header>
<h1>The same bad day, twice</h1>
<p class="lead">${plan.checkouts.length} customers want to pay one order each. Some click twice, some of the provider's answers come too late, and
${plan.crashesMs.length} times everything is killed. Once with a payment service as most of us write it first, once with Payonce: the same
customers, clicks, delays and crashes. The provider's ledger is the judge.</p>
</header>
<div class="pair">${renderCard(plan, naive, "Naive service: charge, then write")}${renderCard(plan, payonce, "Payonce: prepare, remember, then charge")}</div>
${renderKey(naive, payonce)}
<h2>What it comes to</h2>
${renderTable(resultRows(naive.judgement, payonce.judgement))}
${stories.join("\n")}
<h2>How to read this</h2>
<p>The provider's ledger says what was taken. A service's own table says what it knows. An order that is written down as paid is delivered, so
its price is earned; whatever was taken beyond that is <strong>owed back</strong>. A charge that is in the ledger and not in the table is
<strong>without a record</strong>: the customer paid, and the shop does not know.</p>
<p>The naive service is no straw man. It looks whether the order is paid before it charges, it gives the provider a timeout, it writes down
every success, and it never calls an order paid that is not. It was written for this comparison; its whole code is below. An idempotency key
towards the provider that is kept for each order would spare it most of the second charges. It would still not know of the money that it took
without hearing so, and providers forget such keys after a day. An SDK that repeats a call by itself helps with a lost answer, and not with two
clicks, a crash, or a customer who pays again.</p>
<h3>What both had to live with</h3>
${renderNotes(input)}
${renderNaiveCode()}
<footer><p>Made by <code>npm run demo -- ${options}</code>. The plan of the customers and crashes follows from the seed; the exact numbers also from
the machine's timing, and differ a little from run to run. Payonce's column may not.</p></footer>
</main></body>
</html>
`;
}

function renderCard(plan: Plan, side: SideResult, title: string): string {
  const { chargedTwice, owedBackMinor } = side.judgement;
  const tone = isClean(side.judgement) ? "good" : "bad";
  const twice = `${chargedTwice.length} of ${plan.checkouts.length} customers were charged twice or more.`;
  return `<section class="card"><h3>${escapeHtml(title)}</h3><p class="figure ${tone}">${euros(owedBackMinor)}</p>
<p class="small">owed back to customers. ${twice}</p>${drawSquares(plan, side)}</section>`;
}

function renderKey(...sides: SideResult[]): string {
  const occurring = (Object.keys(FATES) as Fate[]).filter((fate) =>
    sides.some(({ judgement }) => [...judgement.fates.values()].includes(fate)),
  );
  const items = occurring.map((fate) => {
    const { title, sign } = FATES[fate];
    const square = `<svg class="squares" viewBox="0 0 17 17" aria-hidden="true"><g class="${fate}"><rect width="17" height="17" rx="3"/><text x="8.5" y="13" text-anchor="middle">${sign}</text></g></svg>`;
    return `<li>${square}${title}</li>`;
  });
  return `<ul class="key"><li>Each square is a checkout:</li>${items.join("")}</ul>`;
}

function renderTable(rows: readonly ResultRow[]): string {
  const cell = (shown: string, isLoss: boolean) => {
    if (!isLoss) return `<td>${shown}</td>`;
    return `<td class="${/^(0|€0\.00)$/.test(shown) ? "good" : "bad"}">${shown}</td>`;
  };
  const lines = rows.map(({ title, naive, payonce, isLoss }) => {
    return `<tr><th scope="row">${title}</th>${cell(naive, isLoss)}${cell(payonce, isLoss)}</tr>`;
  });
  return `<div class="card scroll"><table><thead><tr><th></th><th scope="col">Naive service</th><th scope="col">Payonce</th></tr></thead>
<tbody>${lines.join("")}</tbody></table></div>`;
}
