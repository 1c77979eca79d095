import { groupBy } from "./group-by.ts";
import type { Invariant } from "./invariant.ts";

const NEVER_MOVED: ReadonlySet<string> = new Set(["failed", "canceled"]);
const sum = (list: readonly { amount: number }[]) => list.reduce((total, { amount }) => total + amount, 0);

export const refundsWithinTheCharge: Invariant = {
  id: "18",
  says: "refunds never come to more than was captured, neither at the provider nor as promised to merchants",
  holds: "always",
  find({ books, refunds, payments }) {
    const captured = new Map(books.charges.map(({ payment_id, amount }) => [payment_id, amount]));
    const atProvider = books.refunds.filter(({ status }) => !NEVER_MOVED.has(status));
    const promised = refunds
      .filter(({ status }) => !NEVER_MOVED.has(status))
      .map(({ paymentId, amountMinor }) => ({ payment_id: paymentId, amount: amountMinor }));
    const amounts = new Map(payments.map(({ id, amountMinor }) => [id, amountMinor]));
    const tooMuch = (
      list: { payment_id: string | null; amount: number }[],
      of: Map<string | null, number>,
      by: string,
    ) =>
      [...groupBy(list, ({ payment_id }) => payment_id)]
        .filter(([paymentId, group]) => sum(group) > (of.get(paymentId) ?? 0))
        .map(([paymentId, group]) => ({
          paymentId,
          what: `its refunds ${by} come to ${sum(group)}, of ${of.get(paymentId) ?? 0}`,
        }));
    return [...tooMuch(atProvider, captured, "at the provider"), ...tooMuch(promised, amounts, "here")];
  },
};
