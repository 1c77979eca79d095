import type { Invariant } from "./invariant.ts";

/** Where an outcome that was unknown may end. */
const ENDS: ReadonlySet<string> = new Set(["succeeded", "declined"]);

/** Seen by the observer, so that an update that says nothing of itself is seen as well. */
export const unknownEndsOnEvidence: Invariant = {
  id: "10",
  says: "an unknown outcome ends only as the provider's own object says",
  holds: "always",
  find({ changes, books }) {
    const chargedObjects = new Set(books.charges.map(({ payment_intent }) => payment_intent));
    return changes
      .filter(({ oldUnknown, newUnknown }) => oldUnknown && !newUnknown)
      .flatMap(({ paymentId, newStatus, newObject }) => {
        if (!ENDS.has(newStatus))
          return [{ paymentId, what: `its unknown outcome was forgotten: it became ${newStatus}` }];
        // The books were read first: what they knew then can be held against Postgres now.
        if (newStatus === "declined" && chargedObjects.has(newObject ?? ""))
          return [{ paymentId, what: "its unknown outcome became declined, and its object has charged" }];
        return [];
      });
  },
};
