import type { Response } from "express";
import type { Logger } from "pino";
import type { Books } from "./books.ts";
import { comeTrue, type TimedDue } from "./come-true.ts";
import type { Due } from "./due.ts";
import { createSoonestFirst } from "./soonest-first.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

/** The longest setTimeout can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** After a disk that refused. */
const RETRY_MS = 1000;

const NO_REQUEST = { id: null, idempotency_key: null };

/** The banks' words still to come. */
export type Agenda = {
  /** Makes true what is due by now. Called before anything is read, so that nothing read depends on a timer. */
  catchUp(): void;
  /** Takes up what was just committed. One without a time gets it when the client behind `res` leaves. */
  add(due: Due, res: Response): void;
  /** Stops acting by itself. What is still to come is in the journal. */
  stop(): void;
};

type Options = {
  readonly books: Books;
  readonly webhooks: Webhooks;
  readonly slowMs: number;
  readonly now: () => Date;
  readonly logger: Logger;
};

/** Takes up what the journal says is still to come. */
export function createAgenda({ books, webhooks, slowMs, now, logger }: Options): Agenda {
  const toCome = createSoonestFirst<TimedDue>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function insert(due: TimedDue): void {
    toCome.add(due);
    if (toCome.first() === due) wakeIn(toCome.firstInMs(now()));
  }

  function wakeIn(delayMs: number | undefined): void {
    clearTimeout(timer);
    if (stopped || delayMs === undefined) return;
    timer = setTimeout(wake, Math.min(delayMs, MAX_TIMER_MS));
    timer.unref();
  }

  function wake(): void {
    try {
      catchUp();
      wakeIn(toCome.firstInMs(now()));
    } catch (error) {
      logger.error({ err: error }, "what was due could not be written");
      wakeIn(RETRY_MS);
    }
  }

  function catchUp(): void {
    for (let due = toCome.first(); due && toCome.firstInMs(now()) === 0; due = toCome.first()) {
      const change = comeTrue(books, due);
      const told = webhooks.eventsFor(change, NO_REQUEST);
      books.commit({ ...change, ...told });
      toCome.removeFirst();
      webhooks.deliver(told);
    }
  }

  function clientLeft(due: Due): void {
    const timed = { ...due, at: new Date(now().getTime() + 1.5 * slowMs).toISOString() };
    insert(timed);
    try {
      books.commit({ due: timed });
    } catch (error) {
      // A restart then takes it for one whose client has left just now, as it does after a crash before this line.
      logger.error({ err: error }, "a due time could not be written");
    }
  }

  // No client outlives a restart of the server it waits for.
  for (const due of [...books.dues()]) {
    if (isTimed(due)) insert(due);
    else clientLeft(due);
  }

  return {
    catchUp,
    add(due, res) {
      if (isTimed(due)) insert(due);
      else if (res.closed) clientLeft(due);
      else res.once("close", () => !stopped && clientLeft(due));
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function isTimed(due: Due): due is TimedDue {
  return due.at !== null;
}
