export type Party = "customer" | "service" | "provider" | "database";

/** One thing that happened to one order: something went from one party to another, or befell a party (`from` equals `to`). */
export interface StoryEvent {
  order: string;
  /** Since the beginning of the run. */
  atMs: number;
  from: Party;
  to: Party;
  text: string;
  /** Sent, and never received. */
  isLost?: boolean;
  /** The customer is told that the payment failed. */
  isFailure?: boolean;
  /** Money moved here. */
  isMoney?: boolean;
}

/** Every process of a service was killed at once. */
export interface Crash {
  atMs: number;
  /** When the service answered again. */
  backAtMs: number;
}

/** Writes down what happens, with the time since the beginning. */
export interface StoryLog {
  /** From here on time is counted. */
  begin(): void;
  nowMs(): number;
  add(event: Omit<StoryEvent, "atMs">): void;
  /** The same for what is learned afterwards, from rows that carry their own time. */
  addAt(at: Date, event: Omit<StoryEvent, "atMs">): void;
  /** In the order in which they happened. */
  events(): StoryEvent[];
}

export function createStoryLog(): StoryLog {
  const events: StoryEvent[] = [];
  let startedAtMs = Date.now();
  const nowMs = () => Date.now() - startedAtMs;
  return {
    begin() {
      startedAtMs = Date.now();
    },
    nowMs,
    add: (event) => void events.push({ ...event, atMs: nowMs() }),
    addAt: (at, event) => void events.push({ ...event, atMs: at.getTime() - startedAtMs }),
    events: () => [...events].sort((a, b) => a.atMs - b.atMs),
  };
}
