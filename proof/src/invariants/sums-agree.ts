import type { Invariant } from "./invariant.ts";
import { paymentsWithMismatch } from "./payments-with-mismatch.ts";

/** What an accountant would ask first. */
export const sumsAgree: Invariant = {
  id: "13",
  says: "for each merchant and currency the charges come to what the succeeded payments do",
  holds: "at_rest",
  find(facts) {
    const { books, payments } = facts;
    // The provider took another amount than was asked for: that is what the anomaly is about.
    const mismatched = paymentsWithMismatch(facts);
    const merchantOf = new Map(payments.map(({ id, merchantId }) => [id, merchantId]));
    const sums = new Map<string, number>();
    const add = (merchantId: string, currency: string, amount: number) => {
      const key = `${merchantId} ${currency}`;
      sums.set(key, (sums.get(key) ?? 0) + amount);
    };
    for (const { payment_id, currency, amount } of books.charges)
      if (!mismatched.has(payment_id)) add(merchantOf.get(payment_id ?? "") ?? "nobody", currency, amount);
    for (const { id, merchantId, currency, amountMinor, status } of payments)
      if (status === "succeeded" && !mismatched.has(id)) add(merchantId, currency, -amountMinor);
    return [...sums]
      .filter(([, difference]) => difference !== 0)
      .map(([key, difference]) => ({
        paymentId: null,
        what: `${key}: the provider's books and ours differ by ${difference}`,
      }));
  },
};
