import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "@payonce/stack";
import { type Plan, SHARES } from "../plan.ts";
import { LATENCY } from "../provider-line.ts";
import { pageTimeoutMs } from "../sides/press-pay.ts";
import { lateAnswerMs } from "../sides/side.ts";
import { countUnplannedFailures } from "../unplanned-failures.ts";
import { escapeHtml } from "./escape-html.ts";
import type { ReportInput } from "./render-report.ts";

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;

/** What has been assumed, so that a reader can judge how fair the comparison is. */
export function renderNotes({ plan, naive, providerTimeoutMs }: ReportInput): string {
  const count = (is: (checkout: Plan["checkouts"][number]) => boolean) => plan.checkouts.filter(is).length;
  const callMs = LATENCY.otherMs + LATENCY.confirmBeforeMs + LATENCY.confirmAfterMs;
  const lastMs = plan.checkouts.at(-1)?.startMs ?? 0;
  const unplanned = countUnplannedFailures(plan, naive.events);
  const assumptions = [
    `${plan.checkouts.length} customers come within ${seconds(lastMs)}, each with one order to pay once. It is a bad day on purpose: ` +
      "this much does not go wrong in one half minute, but all of it goes wrong in a year.",
    `${count(({ secondClickMs }) => secondClickMs !== null)} of them send two equal requests, 80 to 450 ms apart. That models a double ` +
      "click, but also two tabs, a proxy that repeats, an impatient reload. A button that disables itself stops only the first of these.",
    `${count(({ weather }) => weather === "late_answer")} first charges take the money and answer after ${seconds(lateAnswerMs(providerTimeoutMs))}; ` +
      `both services wait ${seconds(providerTimeoutMs)}. ${count(({ weather }) => weather === "lost_request")} first charges never reach the ` +
      "provider, which looks just the same from the service: a timeout does not tell whether money moved.",
    `${plan.crashesMs.length} times every process of both services is killed (SIGKILL) at the same moment, and started again at once. ` +
      "The moments come from the seed, whatever is under way then.",
    `Who is told “failed” presses Pay again after 0.8 to 2.5 s; ${Math.round(SHARES.leaves * 100)} in 100 leave instead. Who gets no answer at all ` +
      `(a page waits ${seconds(pageTimeoutMs)}) tries again until there is one.`,
    "The requests are the same for both services, with the same idempotency key for one order. The naive service does not know " +
      "what to do with it. Payonce answers “accepted” at once, and the page then asks how it ended.",
    `Each service has a provider of its own: Payonce's simulator of Stripe, the same code twice. A charge takes about ${seconds(callMs)}.`,
    unplanned === 0
      ? "Nothing else went wrong in this run: the machine was quick enough for both."
      : `This machine was busy: ${unplanned} customers of the naive service were told “failed” because a charge took too long that was ` +
        "meant to go well. Its numbers are worse for that.",
  ];
  return `<ul class="notes">${assumptions.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul>`;
}

/** The naive service's own code, which is the best description of it. */
export function renderNaiveCode(): string {
  const files = ["naive-service.ts", "charge-card.ts"].map((file) => {
    const code = readFileSync(join(repositoryRoot, "proof", "src", "demo", "naive", file), "utf8");
    return `<h3>${file}</h3><pre tabindex="0"><code>${escapeHtml(code)}</code></pre>`;
  });
  return `<details><summary>The whole code of the naive service</summary>${files.join("")}</details>`;
}
