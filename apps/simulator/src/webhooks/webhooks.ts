import type { Logger } from "pino";
import type { Books, Change } from "../books.ts";
import { newId } from "../ids.ts";
import { unixSeconds } from "../payment-intents/payment-intent.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { createCourier } from "./courier.ts";
import { forgedEvent } from "./forged-event.ts";
import { createPostWebhook } from "./post-webhook.ts";
import { refundEventsOf } from "./refund-events.ts";
import { sign } from "./sign.ts";
import { type Cause, eventTypeOf, type StoredEvent, type WebhookEvent, wireForm } from "./webhook-event.ts";
import type { WebhookEndpoint } from "./webhook-settings.ts";

/** An endpoint that takes nothing must not fill the memory. Events past this are lost, as webhooks may be. */
const MAX_UNDELIVERED = 10_000;

const FORGERS_SECRET = "whsec_somebody_else";

export type Webhooks = {
  /** The events that a change must carry into the journal, if it is one to be told. */
  eventsFor(change: Change, cause: Cause): ToldEvents;
  /** Under the fault `before_answer` tries each event once; else does nothing. */
  beforeAnswer(told: ToldEvents): Promise<void>;
  /** Begins to deliver committed events. */
  deliver(told: ToldEvents): void;
  /** Tries once to send an event that nobody keeps. Resolves with the status answered, or null. */
  sendOnce(event: WebhookEvent): Promise<number | null>;
  endpoint(): WebhookEndpoint;
  /** Stops delivering. What is undelivered is in the journal. */
  stop(): void;
};

/** What is told of one change. */
export type ToldEvents = Pick<Change, "event" | "refund_events">;

type Options = {
  readonly books: Books;
  /** Counts while nobody has set another one at run time. */
  readonly configured: WebhookEndpoint;
  readonly now: () => Date;
  readonly logger: Logger;
};

/** Takes up what the journal says is undelivered. */
export function createWebhooks({ books, configured, now, logger }: Options): Webhooks {
  const { post, stop } = createPostWebhook();
  const random = createSeededRandom(1);
  const endpoint = () => books.settings().webhook_endpoint ?? configured;
  const faults = () => books.settings().webhook_faults;
  const courier = createCourier({ send, settle });

  async function sendOnce(event: WebhookEvent, secret = endpoint().secret): Promise<number | null> {
    const { url } = endpoint();
    if (url === null) return null;
    const payload = JSON.stringify(event);
    return post(url, payload, sign(payload, secret, now()));
  }

  async function send(event: WebhookEvent): Promise<boolean> {
    // Whoever took the url away wants no events, late ones either.
    if (endpoint().url === null) return true;
    const { duplicate, forge } = faults();
    const [status = null] = await Promise.all([
      sendOnce(event),
      ...(duplicate ? [sendOnce(event)] : []),
      ...(forge ? [sendOnce(forgedEvent(event, now()), FORGERS_SECRET)] : []),
    ]);
    const wasTaken = status !== null && status >= 200 && status < 300;
    logger.info({ event: event.id, type: event.type, status }, wasTaken ? "webhook taken" : "webhook not taken");
    return wasTaken;
  }

  function settle({ id }: Pick<StoredEvent, "id">): void {
    try {
      books.commit({ event_done: id });
    } catch (error) {
      // It will be sent once more after a restart. A receiver has to bear that anyway.
      logger.error({ err: error, event: id }, "a delivered webhook could not be noted");
    }
  }

  function deliver(told: ToldEvents): void {
    for (const { id } of eventsOf(told)) deliverOne(id);
  }

  function deliverOne(id: string): void {
    const event = books.undelivered.get(id);
    if (event === undefined) return;
    const { drop = 0, delay_ms = 0, reorder } = faults();
    if (random() < drop) settle(event);
    else if (reorder) courier.takeSwapped(event, delay_ms);
    else courier.take(event, delay_ms);
  }

  for (const id of [...books.undelivered.keys()]) deliverOne(id);

  return {
    eventsFor(change, cause) {
      if (endpoint().url === null) return {};
      const stored = (type: string) => ({ id: newId("evt"), type, created: unixSeconds(now()), request: cause });
      const { intent } = change.intent ?? {};
      const type = intent ? eventTypeOf(books.intent(intent.id)?.intent, intent) : null;
      const aboutRefund = refundEventsOf(books, change);
      if (type === null && aboutRefund.length === 0) return {};
      if (books.undelivered.size >= MAX_UNDELIVERED) {
        logger.warn({ type: type ?? aboutRefund[0]?.type }, "too many undelivered webhooks; one is lost");
        return {};
      }
      return {
        ...(type !== null && { event: stored(type) }),
        ...(aboutRefund.length > 0 && {
          refund_events: aboutRefund.map(({ type, object }) => wireForm(stored(type), object)),
        }),
      };
    },
    async beforeAnswer(told) {
      if (!faults().before_answer) return;
      for (const { id } of eventsOf(told)) {
        const event = books.undelivered.get(id);
        if (event && (await send(event))) settle(event);
      }
    },
    deliver,
    sendOnce,
    endpoint,
    stop() {
      courier.stop();
      stop();
    },
  };
}

function eventsOf({ event, refund_events = [] }: ToldEvents): readonly StoredEvent[] {
  return event ? [event, ...refund_events] : refund_events;
}
