import { setTimeout as delay } from "node:timers/promises";
import { deadLetterQueuesAgree } from "../invariants/dead-letter-queues-agree.ts";
import { findRestless } from "../invariants/everything-comes-to-rest.ts";
import type { Facts } from "../invariants/facts.ts";
import { refundStatesAgree } from "../invariants/refund-states-agree.ts";
import type { Observer } from "./observe.ts";

const POLL_MS = 400;
/** How often it is said what is waited for. */
const TELL_MS = 5_000;

/**
 * Waits until nothing moves any more.
 *
 * @returns everything as it was then, or when the limit was reached. Not what comes after: a review of an old refund makes a
 *   job now and then, for ever
 */
export async function awaitQuiet(
  observer: Pick<Observer, "look">,
  limitMs: number,
  log: (line: string) => void,
): Promise<Facts> {
  const deadline = Date.now() + limitMs;
  for (let tellAt = Date.now() + TELL_MS; ; ) {
    const facts = await observer.look();
    // What the sweep mends in its next pass counts as moving, and so does a refund that its next review ends.
    const mended = [deadLetterQueuesAgree, refundStatesAgree].flatMap((rule) => rule.find(facts));
    const restless = [...findRestless(facts), ...mended];
    if (restless.length === 0 || Date.now() > deadline) return facts;
    if (Date.now() > tellAt) {
      const [first] = restless;
      log(`waiting for ${restless.length} to come to rest; one: ${first?.paymentId ?? ""} ${first?.what}`);
      tellAt = Date.now() + TELL_MS;
    }
    await delay(POLL_MS);
  }
}
