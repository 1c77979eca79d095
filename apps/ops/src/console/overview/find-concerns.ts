import { CHARGES_QUEUE, REFUNDS_QUEUE, WEBHOOKS_QUEUE } from "@payonce/domain";
import { countOf } from "../elements/count.ts";
import type { Tone } from "../elements/notice.tsx";
import { describeSeconds } from "../elements/time.tsx";
import type { Standing } from "./read-standing.ts";

/** Something that a person has to know of, or to do something about. */
export interface Concern {
  tone: Extract<Tone, "bad" | "warn" | "info">;
  text: string;
  href: string;
  linkText: string;
}

/** What does not happen while a queue is paused. */
export const PAUSED: Readonly<Record<string, string>> = {
  [CHARGES_QUEUE]: "Charging",
  [REFUNDS_QUEUE]: "Refunding",
  [WEBHOOKS_QUEUE]: "Telling merchants",
};

const SLOW_OUTBOX_SECONDS = 60;
const LONG_UNKNOWN_SECONDS = 3_600;

/** What is wrong, the worst first; empty when nobody needs to do anything. */
export function findConcerns(standing: Standing): Concern[] {
  const order: Record<Concern["tone"], number> = { bad: 0, warn: 1, info: 2 };
  return [
    ...aboutProcesses(standing),
    ...aboutPayments(standing),
    ...aboutRefunds(standing),
    ...aboutWebhooks(standing),
  ].sort((a, b) => order[a.tone] - order[b.tone]);
}

function aboutProcesses({ chargers, queues, overview }: Standing): Concern[] {
  const concerns: Concern[] = [];
  if (queues === null)
    concerns.push({
      tone: "bad",
      text: "Redis is away. Payments are accepted and kept; none is charged until it is back.",
      href: "#queues",
      linkText: "Queues",
    });
  if (chargers.length === 0)
    concerns.push({
      tone: "bad",
      text: "No charger has reported for 30 s: nothing is charged.",
      href: "#chargers",
      linkText: "Chargers",
    });
  const broken = chargers.filter(({ breaker }) => breaker !== "closed").length;
  if (broken > 0)
    concerns.push({
      tone: "bad",
      text: `${broken} of ${countOf(chargers.length, "charger", "chargers")} cannot reach the provider and holds payments back.`,
      href: "#chargers",
      linkText: "Chargers",
    });
  const { oldestAgeSeconds } = overview.outbox;
  if (oldestAgeSeconds !== null && oldestAgeSeconds > SLOW_OUTBOX_SECONDS)
    concerns.push({
      tone: "bad",
      text: `Publishing is ${describeSeconds(oldestAgeSeconds)} behind: the relay or Redis is in trouble.`,
      href: "#outbox",
      linkText: "Outbox",
    });
  return concerns;
}

function aboutPayments({ overview }: Standing): Concern[] {
  const { openAnomalies, deadLetters, pauses, oldestUnknown } = overview;
  const concerns: Concern[] = [];
  if (openAnomalies.count > 0)
    concerns.push({
      tone: "bad",
      text: `${countOf(openAnomalies.count, "anomaly is", "anomalies are", openAnomalies.isMore)} open: what the provider says contradicts us.`,
      href: "/anomalies",
      linkText: "Anomalies",
    });
  const { outcomeUnknown } = deadLetters;
  if (outcomeUnknown > 0)
    concerns.push({
      tone: "bad",
      text: `${countOf(outcomeUnknown, "dead letter", "dead letters", deadLetters.isMore)} may have been charged.`,
      href: "/dead-letters?outcome=unknown",
      linkText: "Show them",
    });
  const known = deadLetters.count - outcomeUnknown;
  if (known > 0)
    concerns.push({
      tone: "warn",
      text: `${countOf(known, "dead letter was", "dead letters were", deadLetters.isMore)} not charged and ${known === 1 ? "waits" : "wait"} for a decision.`,
      href: "/dead-letters?outcome=known",
      linkText: "Show them",
    });
  if (oldestUnknown && oldestUnknown.ageSeconds > LONG_UNKNOWN_SECONDS)
    concerns.push({
      tone: "warn",
      text: `A payment made ${describeSeconds(oldestUnknown.ageSeconds)} ago has no known outcome.`,
      href: `/payments/${oldestUnknown.id}`,
      linkText: "Show it",
    });
  for (const { queue } of pauses)
    concerns.push({
      tone: "warn",
      text: `${PAUSED[queue] ?? "A queue"} is paused by an operator.`,
      href: "#pause",
      linkText: "Pause",
    });
  return concerns;
}

function aboutRefunds({ refunds: { deadLetters, oldestUnknown } }: Standing): Concern[] {
  const concerns: Concern[] = [];
  const { count, outcomeUnknown, isMore } = deadLetters;
  if (outcomeUnknown > 0)
    concerns.push({
      tone: "bad",
      text: `${countOf(outcomeUnknown, "dead-lettered refund", "dead-lettered refunds", isMore)} may have gone back.`,
      href: "/dead-letters?kind=refund&outcome=unknown",
      linkText: "Show them",
    });
  const known = count - outcomeUnknown;
  if (known > 0)
    concerns.push({
      tone: "warn",
      text: `${countOf(known, "dead-lettered refund has", "dead-lettered refunds have", isMore)} not gone back and ${known === 1 ? "waits" : "wait"} for a decision.`,
      href: "/dead-letters?kind=refund&outcome=known",
      linkText: "Show them",
    });
  if (oldestUnknown && oldestUnknown.ageSeconds > LONG_UNKNOWN_SECONDS)
    concerns.push({
      tone: "warn",
      text: `A refund asked for ${describeSeconds(oldestUnknown.ageSeconds)} ago has no known outcome.`,
      href: `/payments/${oldestUnknown.paymentId}#${oldestUnknown.id}`,
      linkText: "Show it",
    });
  return concerns;
}

function aboutWebhooks({ webhooks: { outbox, deadLetters, disabledEndpoints } }: Standing): Concern[] {
  const concerns: Concern[] = [];
  const { oldestAgeSeconds } = outbox;
  if (oldestAgeSeconds !== null && oldestAgeSeconds > SLOW_OUTBOX_SECONDS)
    concerns.push({
      tone: "bad",
      text: `Merchants are told ${describeSeconds(oldestAgeSeconds)} late: no notifier makes deliveries.`,
      href: "#webhooks",
      linkText: "Webhooks",
    });
  if (deadLetters.count > 0)
    concerns.push({
      tone: "warn",
      text: `${countOf(deadLetters.count, "webhook delivery was", "webhook deliveries were", deadLetters.isMore)} given up.`,
      href: "/webhooks?trouble=dead_letters",
      linkText: "Show whose",
    });
  const { failing } = disabledEndpoints;
  if (failing > 0)
    concerns.push({
      tone: "warn",
      text: `${countOf(failing, "webhook endpoint is", "webhook endpoints are")} disabled because nothing got through for days.`,
      href: "/webhooks?trouble=disabled",
      linkText: "Show them",
    });
  return concerns;
}
