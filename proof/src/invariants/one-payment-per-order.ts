import { groupBy } from "./group-by.ts";
import type { Invariant } from "./invariant.ts";

/** Two tabs. */
export const onePaymentPerOrder: Invariant = {
  id: "5a",
  says: "an order is charged at most once, and has at most one payment that lives or has succeeded",
  holds: "always",
  find({ books, payments }) {
    const charged = new Set(books.charges.map(({ payment_id }) => payment_id));
    const ofOrders = payments.filter(({ orderReference }) => orderReference !== null);
    return [
      ...groupBy(ofOrders, ({ merchantId, orderReference }) => `${merchantId} ${orderReference}`).values(),
    ].flatMap((same) => {
      const living = same.filter(({ status }) => status !== "declined" && status !== "canceled");
      const paid = same.filter(({ id }) => charged.has(id));
      const paymentId = (paid[1] ?? living[1])?.id ?? null;
      if (paid.length > 1) return [{ paymentId, what: `its order was charged ${paid.length} times` }];
      if (living.length > 1) return [{ paymentId, what: `its order has ${living.length} payments that live` }];
      return [];
    });
  },
};
