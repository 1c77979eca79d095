import { createTimers } from "../timers.ts";
import type { WebhookEvent } from "./webhook-event.ts";

/** Before the second try, the third and so on; after the last one the event is given up. */
const RETRY_WAITS_MS = [500, 1000, 2000, 4000, 8000, 16_000];

const MAX_AT_ONCE = 16;

/** How long an event that is to come second waits for one to come first. */
const REORDER_WAIT_MS = 1000;

type Options = {
  /** Tries once; resolves with whether the event was taken. Never rejects. */
  readonly send: (event: WebhookEvent) => Promise<boolean>;
  /** The event was taken, or is given up. */
  readonly settle: (event: WebhookEvent) => void;
};

type Job = { readonly event: WebhookEvent; readonly tries: number; readonly thenSend?: WebhookEvent };

export type Courier = {
  take(event: WebhookEvent, delayMs: number): void;
  /** As take, but an event taken after it goes first. */
  takeSwapped(event: WebhookEvent, delayMs: number): void;
  stop(): void;
};

/** Brings events where they belong, a few at once, and tries again where they are not taken. */
export function createCourier({ send, settle }: Options): Courier {
  const ready: Job[] = [];
  const { after, stop: stopTimers } = createTimers();
  let atOnce = 0;
  let heldBack: { readonly event: WebhookEvent; readonly callOff: () => void } | null = null;
  let stopped = false;

  function enqueue(job: Job, delayMs: number): void {
    if (stopped) return;
    const add = () => {
      ready.push(job);
      pump();
    };
    if (delayMs > 0) after(delayMs, add);
    else add();
  }

  function pump(): void {
    while (atOnce < MAX_AT_ONCE && !stopped) {
      const job = ready.shift();
      if (job === undefined) return;
      atOnce += 1;
      void run(job).finally(() => {
        atOnce -= 1;
        pump();
      });
    }
  }

  async function run({ event, tries, thenSend }: Job): Promise<void> {
    const wasTaken = await send(event);
    if (stopped) return;
    const waitMs = RETRY_WAITS_MS[tries];
    if (wasTaken || waitMs === undefined) settle(event);
    else enqueue({ event, tries: tries + 1 }, waitMs);
    if (thenSend) enqueue({ event: thenSend, tries: 0 }, 0);
  }

  return {
    take: (event, delayMs) => enqueue({ event, tries: 0 }, delayMs),
    takeSwapped(event, delayMs) {
      if (stopped) return;
      if (heldBack) {
        heldBack.callOff();
        enqueue({ event, tries: 0, thenSend: heldBack.event }, delayMs);
        heldBack = null;
        return;
      }
      const callOff = after(delayMs + REORDER_WAIT_MS, () => {
        heldBack = null;
        enqueue({ event, tries: 0 }, 0);
      });
      heldBack = { event, callOff };
    },
    stop() {
      stopped = true;
      stopTimers();
    },
  };
}
