import type { Facts } from "../invariants/facts.ts";
import { readFacts } from "../invariants/read-facts.ts";
import type { ClientLog } from "./client-log.ts";
import { createBooksReader } from "./provider-books.ts";
import { readQueues } from "./read-queues.ts";
import type { StormStack } from "./storm-stack.ts";

/** Looks at a stack from outside. */
export interface Observer {
  /** Enough for what must hold at every moment. Throws while Postgres is not to be had. */
  glance(): Promise<Facts>;
  /** Everything but a search for leaks, of a system that is well. */
  look(): Promise<Facts>;
}

export function createObserver(stack: StormStack, log: ClientLog): Observer {
  const readBooks = createBooksReader(stack.journalPath);
  const glance = async (): Promise<Facts> => {
    // First what is older: what these know, Postgres must have known before.
    const books = readBooks();
    const requests = log.requests.map((request) => ({ ...request }));
    const received = [...stack.receiver.received];
    return { books, requests, received, ...(await readFacts(stack.db.pool)), queues: [], leaks: [] };
  };
  const look = async () => {
    const stored = await readFacts(stack.db.pool);
    // The other way round: what Postgres says has happened must have.
    const [queues, received] = [await readQueues(stack.redisUrl), [...stack.receiver.received]];
    return { ...stored, books: readBooks(), requests: [...log.requests], received, queues, leaks: [] };
  };
  return { glance, look };
}
