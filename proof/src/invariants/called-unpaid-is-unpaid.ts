import type { Invariant } from "./invariant.ts";

const SAYS_UNPAID: ReadonlySet<string> = new Set(["queued", "retry_wait", "declined", "canceled"]);

/** The half of rule 2 that holds at every moment: nobody is ever told that a payment was not charged when it was. */
export const calledUnpaidIsUnpaid: Invariant = {
  id: "2a",
  says: "what is said not to have been charged has no captured charge",
  holds: "always",
  find({ books, payments }) {
    const charged = new Set(books.charges.map(({ payment_id }) => payment_id));
    return payments
      .filter(({ id }) => charged.has(id))
      .filter(({ status, outcomeUnknown }) => (status === "dead_lettered" ? !outcomeUnknown : SAYS_UNPAID.has(status)))
      .map(({ id, status }) => ({ paymentId: id, what: `is ${status}, which says that it was not charged; it was` }));
  },
};
