import type { BookedRefund } from "../storm/provider-books.ts";
import type { RefundFact } from "./facts.ts";
import type { Invariant } from "./invariant.ts";

export const refundStatesAgree: Invariant = {
  id: "20",
  says: "at rest a refund is what the provider's own is, and the payment's sums are its refunds",
  holds: "at_rest",
  find({ books, refunds, payments }) {
    const booked = new Map(books.refunds.map((refund) => [refund.refund_id, refund]));
    const wrong = refunds.flatMap((refund) => {
      const what = findDifference(refund, booked.get(refund.id));
      return what === null ? [] : [{ paymentId: refund.paymentId, what: `its refund ${refund.id} ${what}` }];
    });
    const known = new Set(refunds.map(({ id }) => id));
    const unknown = books.refunds
      .filter(({ refund_id }) => !known.has(refund_id ?? ""))
      .map(({ payment_id, id }) => ({ paymentId: payment_id, what: `${id} was refunded for no refund of ours` }));
    const sumOf = (paymentId: string, counts: (refund: RefundFact) => boolean) =>
      refunds
        .filter((refund) => refund.paymentId === paymentId && counts(refund))
        .reduce((total, { amountMinor }) => total + amountMinor, 0);
    const refunded = new Set(refunds.map(({ paymentId }) => paymentId));
    const sums = payments
      .filter(({ id }) => refunded.has(id))
      .filter(
        ({ id, refundReservedMinor, refundedMinor }) =>
          refundReservedMinor !== sumOf(id, ({ status }) => status !== "failed" && status !== "canceled") ||
          refundedMinor !== sumOf(id, ({ status }) => status === "succeeded"),
      )
      .map(({ id }) => ({ paymentId: id, what: "its sums are not its refunds" }));
    return [...wrong, ...unknown, ...sums];
  },
};

function findDifference({ status, outcomeUnknown }: RefundFact, booked: BookedRefund | undefined): string | null {
  if (status === "dead_lettered")
    return !outcomeUnknown && booked && booked.status !== "failed" ? "says that it was not made; it was" : null;
  if (!booked) return status === "failed" ? null : `is ${status}, and the provider knows nothing of it`;
  return booked.status === status ? null : `is ${status}, and ${booked.status} at the provider`;
}
