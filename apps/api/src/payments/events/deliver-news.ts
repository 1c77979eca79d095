import { setTimeout as delay, setImmediate as yieldToOthers } from "node:timers/promises";
import type { Database } from "@payonce/db";
import type { ListenerRegister } from "./listener-register.ts";
import { readNews, type TimelineNews } from "./read-news.ts";

/** Payments read by one statement. */
const BATCH = 500;
/** Between two statements, so that what is announced together is read together. */
const PAUSE_MS = 10;
/** Listeners served before other requests get their turn. */
const SENDS_IN_A_ROW = 250;

export interface NewsDelivery {
  /** Something has happened to a payment, or somebody has begun to listen to it. */
  wake(paymentId: string): void;
  /** Looks at all payments that somebody listens to. */
  look(): void;
  stop(): void;
}

/** Reads what is new for those who listen and sends it: one statement at a time for all payments that are due. */
export function deliverNews(db: Database, listeners: ListenerRegister): NewsDelivery {
  /** Payments to be read now, and those that only come round. */
  const woken = new Set<string>();
  const routine = new Set<string>();
  let isReading = false;
  let isStopped = false;

  /** Reads until nobody is due. One at a time, and the batches fill up meanwhile. */
  const read = async () => {
    if (isReading || isStopped) return;
    isReading = true;
    for (let batch = takeBatch(woken, routine); batch.length > 0 && !isStopped; batch = takeBatch(woken, routine)) {
      const positions = batch.flatMap((paymentId) => listeners.positionsOf(paymentId));
      if (positions.length === 0) continue;
      const news = await readNews(db, positions).catch(() => null);
      // Postgres is away: all stay where they are, and the next look reads on.
      if (!news) break;
      for (const ofPayment of news) await deliver(ofPayment);
      await delay(PAUSE_MS);
    }
    isReading = false;
  };
  const deliver = async (news: TimelineNews) => {
    const { payment, isCutOff } = news.timeline;
    let sends = 0;
    for (const listener of listeners.of(payment.id)) {
      listener.send(news);
      if (++sends % SENDS_IN_A_ROW === 0) await yieldToOthers();
    }
    if (isCutOff) woken.add(payment.id);
  };

  return {
    wake(paymentId) {
      if (!listeners.has(paymentId)) return;
      woken.add(paymentId);
      void read();
    },
    look() {
      for (const paymentId of listeners.paymentIds()) routine.add(paymentId);
      void read();
    },
    stop() {
      isStopped = true;
    },
  };
}

/** What was woken comes first: a look at all that listen must not hold up what has happened. */
function takeBatch(...queues: Set<string>[]): string[] {
  const batch = new Set<string>();
  for (const queue of queues)
    for (const paymentId of queue) {
      if (batch.size === BATCH) return [...batch];
      queue.delete(paymentId);
      batch.add(paymentId);
    }
  return [...batch];
}
