import {
  countConnections,
  type Overview,
  readChargerReports,
  readOverdue,
  readOverview,
  readRefundOverview,
} from "@payonce/db/operations";
import { CHARGES_QUEUE, REFUNDS_QUEUE } from "@payonce/domain";
import { count, describeAge, shortTime } from "../terminal/words.ts";
import { type Check, type Finding, failed, info, ok, warning } from "./check.ts";
import type { Patient } from "./patient.ts";

/** A relay publishes within a second. */
const OUTBOX_WARNING_SECONDS = 10;
const OUTBOX_FAILED_SECONDS = 60;
/** The sweep gives a payment a minute by default, and comes by twice in it. */
const OVERDUE_GRACE_MS = 180_000;

const START_RELAY = "Start a relay (node apps/relay/dist/main.js), or look into the log of the one that runs.";

type Pool = Awaited<ReturnType<Patient["pool"]>>;

/** Whether the work is done that Postgres knows of. */
export function checkWork({ pool }: Patient): Check[] {
  const check = (name: string, look: (pool: Pool) => Promise<Finding>): Check => ({
    name,
    run: async () => look(await pool()),
  });
  return [
    check("outbox", checkOutbox),
    check("overdue payments", (pool) => checkOverdue(pool, "payments")),
    check("overdue refunds", (pool) => checkOverdue(pool, "refunds")),
    check("paused queues", checkPauses),
    check("dead letters", async (pool) => lookAtDeadLetters((await readOverview(pool)).deadLetters)),
    check("dead-lettered refunds", async (pool) => lookAtDeadLetters((await readRefundOverview(pool)).deadLetters)),
    check("open anomalies", lookAtAnomalies),
  ];
}

async function checkOutbox(pool: Pool): Promise<Finding> {
  const [{ outbox }, connections] = await Promise.all([readOverview(pool), countConnections(pool)]);
  const relays = connections.get("payonce-relay") ?? 0;
  const isSeen = relays > 0 ? "a relay is connected to Postgres" : "no relay is connected to Postgres";
  const age = outbox.oldestAgeSeconds ?? 0;
  const many = `${count(outbox.count, "row")}${outbox.isMore ? " or more" : ""}`;
  const backlog = outbox.count === 0 ? "empty" : `${many} in it, the oldest for ${describeAge(age)}`;
  if (age >= OUTBOX_FAILED_SECONDS) return failed(`${backlog}: nothing is published; ${isSeen}`, START_RELAY);
  if (age >= OUTBOX_WARNING_SECONDS) return warning(`${backlog}: publishing is behind; ${isSeen}`, START_RELAY);
  // Behind a pooler names may be lost, so this alone fails nothing.
  if (relays === 0) return warning(`${backlog}; ${isSeen}`, START_RELAY);
  return ok(`${backlog}; ${isSeen}`);
}

async function checkOverdue(pool: Pool, of: "payments" | "refunds"): Promise<Finding> {
  const [overdue, { pauses }] = await Promise.all([readOverdue(pool, OVERDUE_GRACE_MS, of), readOverview(pool)]);
  if (overdue.count === 0) return ok("none");
  const many = `${count(overdue.count, of === "payments" ? "payment" : "refund")}${overdue.isMore ? " or more" : ""}`;
  const found = `${many} should have moved by now, the first ${describeAge(overdue.longestMs / 1_000)} ago`;
  const queue = of === "payments" ? CHARGES_QUEUE : REFUNDS_QUEUE;
  if (pauses.some((pause) => pause.queue === queue)) return info(`${found}; the queue ${queue} is paused`);
  return warning(
    found,
    "Is there a charger that takes jobs (see there)? Is it enough of them? A relay gives lost jobs again within minutes.",
  );
}

async function checkPauses(pool: Pool): Promise<Finding> {
  const { pauses } = await readOverview(pool);
  const [pause] = pauses;
  if (!pause) return ok("none");
  const found = pauses.map((each) => `${each.queue} since ${shortTime(each.pausedAt)} (${each.reason})`).join("; ");
  return warning(found, `payonce queues resume ${pause.queue} --reason "…" once that is over.`);
}

function lookAtDeadLetters(deadLetters: Overview["deadLetters"]): Finding {
  if (deadLetters.count === 0) return info("none");
  const many = `${deadLetters.count.toLocaleString("en")}${deadLetters.isMore ? " or more" : ""}`;
  const unknown = `of ${deadLetters.outcomeUnknown.toLocaleString("en")} it is unknown whether money moved`;
  return info(`${many}, the oldest for ${describeAge(deadLetters.oldestAgeSeconds ?? 0)}; ${unknown}`);
}

async function lookAtAnomalies(pool: Pool): Promise<Finding> {
  const { openAnomalies } = await readOverview(pool);
  if (openAnomalies.count === 0) return info("none");
  const many = `${openAnomalies.count.toLocaleString("en")}${openAnomalies.isMore ? " or more" : ""}`;
  return info(`${many}, the oldest for ${describeAge(openAnomalies.oldestAgeSeconds ?? 0)}: payonce anomalies list`);
}

/** Whether somebody charges, and whether the provider lets them. */
export function checkChargers({ pool }: Patient, version: string): Check {
  return { name: "chargers", run: async () => lookAtChargers(await pool(), version) };
}

async function lookAtChargers(pool: Pool, version: string): Promise<Finding> {
  const reports = await readChargerReports(pool);
  if (reports.length === 0)
    return failed(
      "none has reported within half a minute: payments are taken, and none is charged",
      "Start a charger (node apps/charger/dist/main.js), or look into the log of the one that runs.",
    );
  const many = `${count(reports.length, "charger")} at work`;
  const held = reports.filter(({ breaker }) => breaker !== "closed");
  if (held.length > 0) {
    const since = shortTime(held.map(({ breakerSince }) => breakerSince).sort((a, b) => +a - +b)[0]);
    const found = `${many}, ${held.length} with an open breaker since ${since}: the provider does not answer sensibly`;
    const fix = "Look at the provider (see there). Chargers try again by themselves, and spend no attempts meanwhile.";
    // A breaker that is half open is letting a payment through to see.
    return reports.every(({ breaker }) => breaker === "open") ? failed(found, fix) : warning(found, fix);
  }
  const others = [...new Set(reports.map((report) => report.version))].filter((other) => other !== version);
  if (others.length > 0)
    return warning(`${many}, some of version ${others.join(", ")}; this is ${version}`, "Finish the deployment.");
  return ok(many);
}
