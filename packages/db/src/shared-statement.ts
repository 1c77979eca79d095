import { isUnavailable } from "./database-error.ts";

/** More was asked for than can be kept waiting. Nothing was sent; asking again later is safe. */
export class SharedStatementFull extends Error {}

export interface SharedStatementOptions {
  /** Requests in one statement. */
  maxBatch: number;
  /** Requests that may wait for the statement under way; further ones are refused with `SharedStatementFull`. */
  maxWaiting: number;
}

export interface SharedStatement<Request, Result> {
  /**
   * @throws SharedStatementFull at once; otherwise what the statement threw. Where that is an error of its data, the request
   *   was sent once more by itself, so that it fails for reasons of its own alone.
   */
  submit(request: Request): Promise<Result>;
  /** How many wait for their turn. */
  waiting(): number;
}

/** A defect of the statement. It has run, so it is not sent again. */
class WrongResults extends Error {}

interface Place<Request, Result> {
  request: Request;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Lets callers at the same time share one statement and one commit. One statement is under way at a time, and what is asked
 * for meanwhile goes with the next. So a caller that is alone goes at once, no timer is involved, and the busier it gets, the
 * more share a commit.
 *
 * @param run one autocommit statement for all of them; answers in their order. It must be safe to send again after an error
 *   of its data, that is, have no effect then
 */
export function createSharedStatement<Request, Result>(
  run: (requests: readonly Request[]) => Promise<readonly Result[]>,
  { maxBatch, maxWaiting }: SharedStatementOptions,
): SharedStatement<Request, Result> {
  const queue: Place<Request, Result>[] = [];
  let isRunning = false;

  /** Answers with the error where the database could not be asked, so that nothing further is sent. */
  const runTogether = async (places: readonly Place<Request, Result>[]): Promise<unknown> => {
    try {
      const results = await run(places.map(({ request }) => request));
      // Whose result is whose is not known then, and a caller without one would wait for ever.
      if (results.length !== places.length) throw new WrongResults(`${results.length} results for ${places.length}`);
      for (const [i, { resolve }] of places.entries()) resolve(results[i] as Result);
      return undefined;
    } catch (error) {
      const isAway = isUnavailable(error);
      // Whether it took effect is not known: each caller knows what is safe to do then.
      if (places.length === 1 || isAway || error instanceof WrongResults) rejectAll(places, error);
      else await runOneByOne(places);
      return isAway ? error : undefined;
    }
  };
  // One at a time: no neighbour fails because of another, and they do not take all connections.
  const runOneByOne = async (places: readonly Place<Request, Result>[]): Promise<void> => {
    for (const [i, place] of places.entries()) {
      const away = await runTogether([place]);
      // The others have had no effect yet, and would each wait as long for the same answer.
      if (away) return rejectAll(places.slice(i + 1), away);
    }
  };
  const drain = async (): Promise<void> => {
    isRunning = true;
    // Those of the same turn of the event loop go together already.
    await Promise.resolve();
    while (queue.length > 0) await runTogether(queue.splice(0, maxBatch));
    isRunning = false;
  };

  return {
    submit(request) {
      if (queue.length >= maxWaiting) return Promise.reject(new SharedStatementFull("too many requests are waiting"));
      return new Promise((resolve, reject) => {
        queue.push({ request, resolve, reject });
        if (!isRunning) void drain();
      });
    },
    waiting: () => queue.length,
  };
}

function rejectAll(places: readonly { reject(error: unknown): void }[], error: unknown): void {
  for (const { reject } of places) reject(error);
}
