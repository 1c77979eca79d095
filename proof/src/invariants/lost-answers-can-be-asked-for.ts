import { groupBy } from "./group-by.ts";
import type { Invariant } from "./invariant.ts";

/** At the end of a storm, clients that never saw an answer send their request once more, to a system that is well. */
export const lostAnswersCanBeAskedFor: Invariant = {
  id: "17",
  says: "whoever saw no answer learns the truth by sending the same request again",
  holds: "at_rest",
  find({ requests }) {
    const keyed = requests.filter(
      ({ call, idempotencyKey }) => idempotencyKey && (call === "pay" || call === "refund"),
    );
    const byKey = groupBy(
      keyed,
      ({ call, merchantId, idempotencyKey, body }) => `${call} ${merchantId} ${idempotencyKey} ${JSON.stringify(body)}`,
    );
    return [...byKey.values()]
      .filter((same) => !same.some(({ status }) => status !== null && status < 500 && status !== 429))
      .map((same) => ({
        paymentId: null,
        what: `${same.length} requests under the key ${same[0]?.idempotencyKey}, and never an answer`,
      }));
  },
};
