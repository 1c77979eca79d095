import type { Database } from "@payonce/db";
import type { Response } from "express";
import { Counter, Gauge, type Registry } from "prom-client";
import type { Announcements } from "../read-announcements.ts";
import { deliverNews } from "./deliver-news.ts";
import { type EndReason, LISTENER_LIMITS, type ListenerLimits, openListener } from "./listener.ts";
import { createListenerRegister } from "./listener-register.ts";

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

/**
 * The live status of all who listen to this process. Announcements only say whose timeline to read; what is sent comes from
 * Postgres, and is kept for nobody.
 */
export function createLiveEvents(
  db: Database,
  announcements: Announcements,
  { maxListeners, registry, limits, lookMs = LOOK_MS }: LiveEventsOptions,
): LiveEvents {
  const listenerLimits = { ...LISTENER_LIMITS, ...limits };
  const listeners = createListenerRegister();
  const news = deliverNews(db, listeners);
  const countEnd = registerMetrics(registry, listeners.count);
  let isClosed = false;

  announcements.subscribe({ wake: news.wake, wakeAll: news.look });
  const looking = everySoOften(() => (announcements.isLive() ? lookMs.live : lookMs.away), news.look);
  const tendMs = Math.min(1_000, Math.min(listenerLimits.heartbeatMs, listenerLimits.stallMs) / 4);
  const tending = everySoOften(
    () => tendMs,
    () => {
      const now = performance.now();
      for (const listener of listeners.all()) listener.tend(now);
    },
  );

  return {
    hasRoom: () => listeners.count() < maxListeners && !isClosed,
    count: listeners.count,
    listen(paymentId, afterVersion, response) {
      const listener = openListener(response, afterVersion, listenerLimits, {
        onReady: () => news.wake(paymentId),
        onEnd(reason) {
          listeners.remove(paymentId, listener);
          countEnd(reason);
        },
      });
      listeners.add(paymentId, listener);
      news.wake(paymentId);
    },
    close() {
      isClosed = true;
      looking.stop();
      tending.stop();
      news.stop();
      for (const listener of listeners.all()) listener.end("shutdown");
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
