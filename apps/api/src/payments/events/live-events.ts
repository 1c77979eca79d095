import { setTimeout as delay, setImmediate as yieldToOthers } from "node:timers/promises";
import type { Response } from "express";
import type pg from "pg";
import { Counter, Gauge, type Registry } from "prom-client";
import type { Announcements } from "../read-announcements.ts";
import { type EndReason, LISTENER_LIMITS, type Listener, type ListenerLimits, openListener } from "./listener.ts";
import { readNews, type TimelineNews } from "./read-news.ts";

export interface LiveEventsOptions {
  /** More than this are refused. */
  maxListeners: number;
  registry: Registry;
  /** Defaults that only tests have a reason to change. */
  limits?: Partial<ListenerLimits> | undefined;
  /** How often to look without being woken: announcements are hints, and not every event is announced. */
  lookMs?: { live: number; away: number } | undefined;
}

export interface LiveEvents {
  hasRoom(): boolean;
  /** Sends the events of a payment after a version to an answer that has begun, as they happen, until the last. */
  listen(paymentId: string, afterVersion: number, response: Response): void;
  /** How many listen. */
  count(): number;
  /** Ends all streams; their clients connect again, to another process. */
  close(): void;
}

const LOOK_MS = { live: 2_000, away: 1_000 };
/** Payments read by one statement. */
const BATCH = 500;
/** Between two statements, so that what is announced together is read together. */
const PAUSE_MS = 10;
/** Listeners served before other requests get their turn. */
const SENDS_IN_A_ROW = 250;

/**
 * The live status of all who listen to this process. Announcements only say whose timeline to read; what is sent comes from
 * Postgres, with one statement at a time for all payments that are due, and is kept for nobody.
 */
export function createLiveEvents(
  pool: pg.Pool,
  announcements: Announcements,
  { maxListeners, registry, limits, lookMs = LOOK_MS }: LiveEventsOptions,
): LiveEvents {
  const listenerLimits = { ...LISTENER_LIMITS, ...limits };
  const listeners = new Map<string, Set<Listener>>();
  /** Payments to be read now, and those that only come round. */
  const woken = new Set<string>();
  const routine = new Set<string>();
  let listening = 0;
  let isReading = false;
  let isClosed = false;
  const countEnd = registerMetrics(registry, () => listening);

  const wake = (paymentId: string) => {
    if (!listeners.has(paymentId)) return;
    woken.add(paymentId);
    void read();
  };
  const look = () => {
    for (const paymentId of listeners.keys()) routine.add(paymentId);
    void read();
  };

  /** Reads until nobody is due. One at a time, and the batches fill up meanwhile. */
  async function read(): Promise<void> {
    if (isReading || isClosed) return;
    isReading = true;
    try {
      for (let batch = takeBatch(woken, routine); batch.length > 0 && !isClosed; batch = takeBatch(woken, routine)) {
        const positions = batch.flatMap((paymentId) => positionOf(paymentId, listeners.get(paymentId)));
        if (positions.length === 0) continue;
        const read = await readNews(pool, positions).catch(() => null);
        // Postgres is away: all stay where they are, and the next look reads on.
        if (!read) break;
        for (const news of read) await deliver(news);
        await delay(PAUSE_MS);
      }
    } finally {
      isReading = false;
    }
  }

  async function deliver(news: TimelineNews): Promise<void> {
    const { payment, isCutOff } = news.timeline;
    let sends = 0;
    for (const listener of listeners.get(payment.id) ?? []) {
      listener.send(news);
      if (++sends % SENDS_IN_A_ROW === 0) await yieldToOthers();
    }
    if (isCutOff && listeners.has(payment.id)) woken.add(payment.id);
  }

  const forget = (paymentId: string, listener: Listener, reason: EndReason) => {
    listening -= 1;
    countEnd(reason);
    const others = listeners.get(paymentId);
    others?.delete(listener);
    if (others?.size === 0) listeners.delete(paymentId);
  };

  announcements.subscribe({ wake, wakeAll: look });
  const looking = everySoOften(() => (announcements.isLive() ? lookMs.live : lookMs.away), look);
  const tending = everySoOften(
    () => Math.min(1_000, Math.min(listenerLimits.heartbeatMs, listenerLimits.stallMs) / 4),
    () => {
      const now = performance.now();
      for (const ofPayment of listeners.values()) for (const listener of ofPayment) listener.tend(now);
    },
  );

  return {
    hasRoom: () => listening < maxListeners && !isClosed,
    count: () => listening,
    listen(paymentId, afterVersion, response) {
      listening += 1;
      const listener = openListener(response, afterVersion, listenerLimits, {
        onReady: () => wake(paymentId),
        onEnd: (reason) => forget(paymentId, listener, reason),
      });
      const ofPayment = listeners.get(paymentId) ?? new Set();
      listeners.set(paymentId, ofPayment.add(listener));
      wake(paymentId);
    },
    close() {
      isClosed = true;
      looking.stop();
      tending.stop();
      for (const ofPayment of listeners.values()) for (const listener of ofPayment) listener.end("shutdown");
    },
  };
}

function registerMetrics(registry: Registry, count: () => number): (reason: EndReason) => void {
  new Gauge({
    name: "payonce_event_listeners",
    help: "Clients that listen to a payment's events",
    registers: [registry],
    collect() {
      this.set(count());
    },
  });
  const ends = new Counter({
    name: "payonce_event_listeners_ended_total",
    help: "Event streams that have ended, by reason: not_reading are clients that left unread what they were sent",
    labelNames: ["reason"],
    registers: [registry],
  });
  return (reason) => ends.inc({ reason });
}

/** What was woken comes first: a look at all that listen must not hold up what has happened. */
function takeBatch(...queues: Set<string>[]): string[] {
  const batch: string[] = [];
  for (const queue of queues)
    for (const paymentId of queue) {
      if (batch.length === BATCH) return batch;
      queue.delete(paymentId);
      batch.push(paymentId);
    }
  return [...new Set(batch)];
}

/** From where a payment has to be read for those who listen to it: the one who has least. */
function positionOf(paymentId: string, listeners: Iterable<Listener> = []) {
  let afterVersion = Number.POSITIVE_INFINITY;
  for (const listener of listeners) afterVersion = Math.min(afterVersion, listener.position() ?? afterVersion);
  return Number.isFinite(afterVersion) ? [{ paymentId, afterVersion }] : [];
}

function everySoOften(ms: () => number, work: () => void): { stop(): void } {
  let timer: NodeJS.Timeout;
  const next = () => {
    timer = setTimeout(() => {
      work();
      next();
    }, ms()).unref();
  };
  next();
  return { stop: () => clearTimeout(timer) };
}
