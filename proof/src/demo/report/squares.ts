import type { Fate } from "../judge.ts";
import type { Plan } from "../plan.ts";
import { euros } from "../result-table.ts";
import type { SideResult } from "../run-side.ts";
import { escapeHtml } from "./escape-html.ts";

const COLUMNS = 25;
const STEP = 20;
const SIDE = 17;

interface Look {
  title: string;
  /** For those who do not see colours. */
  sign: string;
}

export const FATES: Record<Fate, Look> = {
  charged_once: { title: "charged once", sign: "" },
  charged_twice: { title: "charged twice or more", sign: "2" },
  unrecorded: { title: "charged, and nobody has written it down", sign: "?" },
  never_charged: { title: "accepted, and never charged", sign: "!" },
  gave_up: { title: "gave up without paying", sign: "–" },
};

/** A square for each checkout, in the order in which they began, coloured by what became of it. */
export function drawSquares(plan: Plan, { name, judgement }: SideResult): string {
  const height = Math.ceil(plan.checkouts.length / COLUMNS) * STEP;
  const squares = plan.checkouts.map(({ order, amountMinor }, i) => {
    const fate = judgement.fates.get(order) ?? "gave_up";
    const [x, y] = [(i % COLUMNS) * STEP, Math.floor(i / COLUMNS) * STEP];
    const title = `<title>${escapeHtml(`${order}, ${euros(amountMinor)}: ${FATES[fate].title}`)}</title>`;
    const { sign } = FATES[fate];
    const shown = sign && `<text x="${x + SIDE / 2}" y="${y + 13}" text-anchor="middle">${sign}</text>`;
    return `<g class="${fate}">${title}<rect x="${x}" y="${y}" width="${SIDE}" height="${SIDE}" rx="3"/>${shown}</g>`;
  });
  const label = `${name}: ${countFates(judgement.fates)}`;
  return `<svg class="squares" viewBox="0 0 ${COLUMNS * STEP} ${height}" role="img" aria-label="${escapeHtml(label)}">${squares.join("")}</svg>`;
}

function countFates(fates: ReadonlyMap<string, Fate>): string {
  const all = [...fates.values()];
  return (Object.keys(FATES) as Fate[])
    .map((fate) => ({ fate, count: all.filter((own) => own === fate).length }))
    .filter(({ count }) => count > 0)
    .map(({ fate, count }) => `${count} ${FATES[fate].title}`)
    .join(", ");
}
