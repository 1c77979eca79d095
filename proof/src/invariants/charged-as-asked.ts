import type { Invariant } from "./invariant.ts";

/** The one card of the simulator that charges something else than it was asked to. */
const CHEATING_CARD = "pm_sim_wrong_amount";

export const chargedAsAsked: Invariant = {
  id: "14",
  says: "a charge is of the payment's amount and currency, whatever a job in the queue says",
  holds: "always",
  find({ books, payments }) {
    const byId = new Map(payments.map((payment) => [payment.id, payment]));
    return books.charges.flatMap((charge) => {
      const payment = byId.get(charge.payment_id ?? "");
      if (!payment || payment.paymentMethod === CHEATING_CARD) return [];
      if (charge.amount === payment.amountMinor && charge.currency === payment.currency) return [];
      const what = `was charged ${charge.amount} ${charge.currency}, of ${payment.amountMinor} ${payment.currency}`;
      return [{ paymentId: payment.id, what }];
    });
  },
};
