import type { Invariant } from "./invariant.ts";

export const successHasItsCharge: Invariant = {
  id: "3",
  says: "a succeeded payment has a captured charge",
  holds: "at_rest",
  find({ books, payments }) {
    const charged = new Set(books.charges.map(({ payment_id }) => payment_id));
    return payments
      .filter(({ id, status }) => status === "succeeded" && !charged.has(id))
      .map(({ id }) => ({ paymentId: id, what: "is succeeded, and was never charged" }));
  },
};
