import {
  countConnections,
  listEndpointsForOperators,
  readOverview,
  readSealedSecrets,
  readWebhookOverview,
} from "@payonce/db/operations";
import { createSecretBox } from "@payonce/db/webhooks";
import { PAYMENT_EVENTS_STREAM, WEBHOOKS_QUEUE } from "@payonce/domain";
import { count, describeAge } from "../terminal/words.ts";
import { type Check, type Finding, failed, info, ok, unchecked, warning } from "./check.ts";
import type { Patient } from "./patient.ts";

type Pool = Awaited<ReturnType<Patient["pool"]>>;

export interface WebhookSettings {
  /** Put before every Redis key. */
  prefix: string;
  /** WEBHOOK_SECRET_KEY, where this command knows it. */
  secretKeys: Buffer[] | undefined;
}

/** A notifier makes the deliveries of an event within a second or two. */
const EVENTS_WARNING_SECONDS = 10;
const EVENTS_FAILED_SECONDS = 60;
/** The sweep gives a delivery a minute by default, and comes by twice in it. */
const DUE_GRACE_SECONDS = 180;
/** So many announcements a notifier reads in a moment. */
const LAG_WARNING = 1_000;
const TRIED_SECRETS = 200;

const START_NOTIFIER = "Start a notifier (node apps/notifier/dist/main.js), or look into the log of the one that runs.";

/** Whether merchants are told of what happens. */
export function checkWebhooks({ pool, askRedis }: Patient, { prefix, secretKeys }: WebhookSettings): Check[] {
  const check = (name: string, look: (pool: Pool) => Promise<Finding>): Check => ({
    name,
    run: async () => look(await pool()),
  });
  return [
    check("notifiers", checkNotifiers),
    { name: "notifiers' announcements", run: () => checkLag(askRedis, `${prefix}:${PAYMENT_EVENTS_STREAM}`) },
    check("webhook events", checkEvents),
    check("overdue deliveries", checkDue),
    check("webhook endpoints", lookAtEndpoints),
    check("dead-lettered deliveries", lookAtDeadDeliveries),
    check("webhook secret key", (connected) => checkSecretKey(connected, secretKeys)),
  ];
}

async function checkNotifiers(pool: Pool): Promise<Finding> {
  const [connections, { endpoints }] = await Promise.all([
    countConnections(pool),
    listEndpointsForOperators(pool, { limit: 1 }),
  ]);
  if ((connections.get("payonce-notifier") ?? 0) > 0) return ok("one or more connected to Postgres");
  if (endpoints.length === 0) return info("none is connected to Postgres, and no merchant has a webhook endpoint");
  // Behind a pooler names may be lost, so this alone fails nothing.
  return warning("none is connected to Postgres: merchants are not told what happens", START_NOTIFIER);
}

type Reply = (string | number | null)[];

async function checkLag(askRedis: Patient["askRedis"], stream: string): Promise<Finding> {
  const groups = await askRedis(async (redis) => {
    if ((await redis.exists(stream)) === 0) return [];
    return (await redis.xinfo("GROUPS", stream)) as Reply[];
  });
  const group = groups.map(toObject).find(({ name }) => name === "notifier");
  if (!group) return info("no notifier has read the stream yet; what is announced is found in Postgres as well");
  const { consumers, pending, lag } = group;
  const read = `${count(Number(consumers), "reader")} in the group, ${Number(pending).toLocaleString("en")} taken and not confirmed`;
  // Redis tells it from version 7 on, and not after some trimming.
  if (lag === null || lag === undefined) return ok(`${read}; how many are unread this Redis does not tell`);
  const found = `${read}, ${Number(lag).toLocaleString("en")} unread`;
  if (Number(lag) <= LAG_WARNING) return ok(found);
  return warning(`${found}: the notifiers are behind`, `${START_NOTIFIER} Nothing is lost: Postgres has every event.`);
}

function toObject(reply: Reply): Record<string, string | number | null | undefined> {
  return Object.fromEntries(reply.flatMap((name, i) => (i % 2 === 0 ? [[String(name), reply[i + 1]]] : [])));
}

async function checkEvents(pool: Pool): Promise<Finding> {
  const { outbox } = await readWebhookOverview(pool);
  const age = outbox.oldestAgeSeconds ?? 0;
  if (outbox.count === 0) return ok("each has its deliveries");
  const many = `${count(outbox.count, "event")}${outbox.isMore ? " or more" : ""} without deliveries, the oldest for ${describeAge(age)}`;
  if (age >= EVENTS_FAILED_SECONDS) return failed(`${many}: merchants are not told`, START_NOTIFIER);
  return age >= EVENTS_WARNING_SECONDS ? warning(many, START_NOTIFIER) : ok(many);
}

async function checkDue(pool: Pool): Promise<Finding> {
  const [{ waiting }, { pauses }] = await Promise.all([readWebhookOverview(pool), readOverview(pool)]);
  const many = `${count(waiting.count, "delivery", "deliveries")}${waiting.isMore ? " or more" : ""} under way`;
  const due = waiting.longestDueSeconds ?? 0;
  if (due < DUE_GRACE_SECONDS) return ok(waiting.count === 0 ? "none" : many);
  const found = `${many}; the first should have been sent ${describeAge(due)} ago`;
  if (pauses.some(({ queue }) => queue === WEBHOOKS_QUEUE))
    return info(`${found}; the queue ${WEBHOOKS_QUEUE} is paused`);
  return warning(found, `${START_NOTIFIER} Lost jobs are given again within minutes.`);
}

async function lookAtEndpoints(pool: Pool): Promise<Finding> {
  const { disabledEndpoints } = await readWebhookOverview(pool);
  if (disabledEndpoints.count === 0) return ok("none is disabled");
  const found = `${disabledEndpoints.count.toLocaleString("en")}${disabledEndpoints.isMore ? " or more" : ""} disabled`;
  if (disabledEndpoints.failing === 0) return info(found);
  return warning(
    `${found}, ${disabledEndpoints.failing.toLocaleString("en")} because nothing got through for days`,
    "Tell their merchants: payonce webhooks endpoints --trouble disabled. What happens meanwhile is kept for them.",
  );
}

async function lookAtDeadDeliveries(pool: Pool): Promise<Finding> {
  const { deadLetters } = await readWebhookOverview(pool);
  if (deadLetters.count === 0) return info("none");
  const many = `${deadLetters.count.toLocaleString("en")}${deadLetters.isMore ? " or more" : ""}`;
  return info(
    `${many}, the oldest for ${describeAge(deadLetters.oldestAgeSeconds ?? 0)}: payonce webhooks endpoints --trouble dead_letters`,
  );
}

async function checkSecretKey(pool: Pool, keys: Buffer[] | undefined): Promise<Finding> {
  const sealed = await readSealedSecrets(pool, TRIED_SECRETS);
  if (sealed.length === 0) return info("no endpoint has a signing secret yet");
  if (!keys)
    return unchecked(
      "WEBHOOK_SECRET_KEY is not set here, so it was not tried. Set it to that of the api and the notifier",
    );
  const box = createSecretBox(keys);
  const shut = sealed.filter(({ id, secret }) => !opens(() => box.open(id, secret)));
  const many = count(sealed.length, "signing secret");
  if (shut.length === 0) return ok(`WEBHOOK_SECRET_KEY opens the ${many} that were tried`);
  return failed(
    `WEBHOOK_SECRET_KEY does not open ${shut.length} of ${many}: webhooks of these endpoints cannot be signed`,
    "Give the api and the notifier the key that was used before, behind the new one and a comma.",
  );
}

function opens(open: () => string): boolean {
  try {
    open();
    return true;
  } catch {
    return false;
  }
}
