import type { Invariant } from "./invariant.ts";

export const paymentsAreAnnounced: Invariant = {
  id: "6",
  says: "every payment went through the outbox",
  holds: "always",
  find({ payments, announcedPaymentIds }) {
    return payments
      .filter(({ id }) => !announcedPaymentIds.has(id))
      .map(({ id }) => ({ paymentId: id, what: "was stored without the outbox row that gets it charged" }));
  },
};
