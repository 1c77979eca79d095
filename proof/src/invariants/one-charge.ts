import { groupBy } from "./group-by.ts";
import type { Invariant } from "./invariant.ts";

/** The sentence that Payonce exists for. */
export const oneCharge: Invariant = {
  id: "1",
  says: "a payment has at most one captured charge",
  holds: "always",
  find({ books }) {
    return [...groupBy(books.charges, ({ payment_id }) => payment_id)]
      .filter(([paymentId, charges]) => paymentId !== null && charges.length > 1)
      .map(([paymentId, charges]) => ({
        paymentId,
        what: `was charged ${charges.length} times: ${charges.map(({ id }) => id).join(", ")}`,
      }));
  },
};
