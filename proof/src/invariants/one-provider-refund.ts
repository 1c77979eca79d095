import { groupBy } from "./group-by.ts";
import type { Invariant } from "./invariant.ts";

export const oneProviderRefund: Invariant = {
  id: "19",
  says: "a refund has at most one refund at the provider that moved money, of its amount",
  holds: "always",
  find({ books, refunds }) {
    const kept = new Map(refunds.map((refund) => [refund.id, refund]));
    const ours = books.refunds.filter(({ refund_id }) => refund_id !== null);
    const wrongAmount = ours
      .filter(({ refund_id, amount }) => kept.has(refund_id ?? "") && kept.get(refund_id ?? "")?.amountMinor !== amount)
      .map(({ payment_id, id }) => ({ paymentId: payment_id, what: `${id} is over another amount than its refund` }));
    const doubled = [...groupBy(ours, ({ refund_id }) => refund_id)]
      .filter(([, group]) => group.length > 1)
      .map(([refundId, group]) => ({
        paymentId: group[0]?.payment_id ?? null,
        what: `its refund ${refundId} was made ${group.length} times at the provider`,
      }));
    return [...wrongAmount, ...doubled];
  },
};
