import type { PlannedCheckout } from "../plan.ts";
import { euros } from "../result-table.ts";
import type { SideResult } from "../run-side.ts";
import type { StoryEvent } from "../story-log.ts";
import type { ReportInput } from "./render-report.ts";

/** One order whose way through both services is told. */
export interface Story {
  id: string;
  title: string;
  checkout: PlannedCheckout;
  what: string;
  naive: string;
  payonce: string;
}

type Candidate = PlannedCheckout & { naive: StoryEvent[]; payonce: StoryEvent[]; crashes: number };

/** A double charge, a ghost charge and a crash, each the shortest of its kind; those that did not occur are left out. */
export function pickStories({ plan, naive, payonce, providerTimeoutMs }: ReportInput): Story[] {
  const candidates = plan.checkouts
    .filter(({ order }) => naive.judgement.fates.get(order) === "charged_twice")
    .map((checkout): Candidate => {
      const own = { naive: eventsOf(naive, checkout), payonce: eventsOf(payonce, checkout) };
      const crashes = countCrashes(own.naive, naive) + countCrashes(own.payonce, payonce);
      return { ...checkout, ...own, crashes };
    });
  const doubleCharge = shortest(candidates.filter(({ secondClickMs, weather }) => secondClickMs && weather === "fine"));
  const ghost = shortest(
    candidates.filter(({ secondClickMs, weather }) => !secondClickMs && weather === "late_answer"),
  );
  const killed = candidates.filter(({ secondClickMs, weather }) => !secondClickMs && weather === "fine");
  // Best where both were killed with a charge under way.
  const isMidCharge = (candidate: Candidate) =>
    wasKilledMidCharge(candidate.naive, naive) && wasKilledMidCharge(candidate.payonce, payonce);
  const crash = shortest(killed.filter(isMidCharge)) ?? shortest(killed.filter(({ crashes }) => crashes > 0));
  const stories: (Story | undefined)[] = [
    doubleCharge && tellDoubleCharge(doubleCharge),
    ghost && tellGhostCharge(ghost, providerTimeoutMs),
    crash && tellCrash(crash),
  ];
  return stories.filter((story) => story !== undefined);
}

export function eventsOf({ events }: SideResult, { order }: PlannedCheckout): StoryEvent[] {
  return events.filter((event) => event.order === order);
}

/** A service that has just got up is not itself yet. */
const recoveryMs = 2000;

function countCrashes(events: readonly StoryEvent[], { crashes }: SideResult): number {
  const [firstMs, lastMs] = [events[0]?.atMs ?? 0, events.at(-1)?.atMs ?? 0];
  return crashes.filter(({ atMs, backAtMs }) => backAtMs + recoveryMs > firstMs && atMs < lastMs).length;
}

/** Whether the service was killed after money had moved and before it could hear of it. */
function wasKilledMidCharge(events: readonly StoryEvent[], { crashes }: SideResult): boolean {
  const taken = events.find(({ isMoney }) => isMoney);
  const unheard = events.find(({ from, to, isLost }) => from === "provider" && to === "service" && isLost);
  return crashes.some(({ atMs }) => taken && unheard && taken.atMs < atMs && atMs < unheard.atMs);
}

/** Few rows, quick, and no crash that is not what it is about. */
function shortest(candidates: Candidate[]): Candidate | undefined {
  const rowsPerCrash = 20;
  const seconds = (events: StoryEvent[]) => ((events.at(-1)?.atMs ?? 0) - (events[0]?.atMs ?? 0)) / 1000;
  const length = ({ naive, payonce, crashes }: Candidate) =>
    naive.length + payonce.length + seconds(payonce) + rowsPerCrash * crashes;
  return candidates.toSorted((a, b) => length(a) - length(b))[0];
}

function tellDoubleCharge(checkout: Candidate): Story {
  return {
    id: "double-charge",
    title: "The double charge: two clicks",
    checkout,
    what: `Pay was clicked twice, ${checkout.secondClickMs} ms apart. The order costs ${euros(checkout.amountMinor)}.`,
    naive: "Both requests look for a payment of this order, find none, and charge.",
    payonce:
      "Both requests carry the same idempotency key, and there can be one payment for it: the second click finds it.",
  };
}

function tellGhostCharge(checkout: Candidate, providerTimeoutMs: number): Story {
  return {
    id: "ghost-charge",
    title: "The ghost charge: an answer that came too late",
    checkout,
    what:
      `The provider took ${euros(checkout.amountMinor)}, and its answer came after the service had waited ` +
      `${providerTimeoutMs / 1000} s and hung up.`,
    naive: "The timeout becomes “failed”. Nobody has written down that the money is gone; the customer pays again.",
    payonce:
      "The timeout becomes “unknown”. Payonce had stored which object it charges, asks the provider what became of that " +
      "object, and believes the answer.",
  };
}

function tellCrash(checkout: Candidate): Story {
  return {
    id: "crash",
    title: "The crash: killed between the charge and the write",
    checkout,
    what: `Every process of both services was killed while ${euros(checkout.amountMinor)} were being charged.`,
    naive: "What the process knew is gone with it. The customer sees no answer, and pays again.",
    payonce:
      "The order, the attempt and the provider's object were in Postgres before the charge was sent. Once the dead attempt's " +
      "lease is over, another one asks the provider first. The customer has had the order confirmed all the while.",
  };
}
