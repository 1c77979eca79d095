import type { Invariant } from "./invariant.ts";
import { paymentsWithMismatch } from "./payments-with-mismatch.ts";

/** No ghost charges. Where the provider charged something else than was asked for, a person must have been told. */
export const chargesAreKnown: Invariant = {
  id: "2",
  says: "every captured charge has a succeeded payment of the same object, amount and currency",
  holds: "at_rest",
  find(facts) {
    const payments = new Map(facts.payments.map((payment) => [payment.id, payment]));
    const mismatched = paymentsWithMismatch(facts);
    return facts.books.charges.flatMap((charge) => {
      const payment = payments.get(charge.payment_id ?? "");
      const paymentId = charge.payment_id;
      if (!payment) return [{ paymentId, what: `${charge.id} has been charged for no payment at all` }];
      const isSame = charge.amount === payment.amountMinor && charge.currency === payment.currency;
      if (!isSame && mismatched.has(payment.id) && payment.status === "dead_lettered") return [];
      if (payment.status !== "succeeded") return [{ paymentId, what: `was charged, and is ${payment.status}` }];
      if (payment.providerObjectId !== charge.payment_intent)
        return [{ paymentId, what: `was charged through ${charge.payment_intent}, and names another object` }];
      if (!isSame) return [{ paymentId, what: `was charged ${charge.amount} ${charge.currency}, and says otherwise` }];
      return [];
    });
  },
};
