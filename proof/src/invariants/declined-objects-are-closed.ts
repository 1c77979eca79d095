import type { Invariant } from "./invariant.ts";

/** In these a PaymentIntent can still be confirmed, by whoever holds its id. */
const CONFIRMABLE: ReadonlySet<string> = new Set(["requires_payment_method", "requires_confirmation"]);

export const declinedObjectsAreClosed: Invariant = {
  id: "10a",
  says: "the stored object of a declined or canceled payment can be confirmed no more",
  holds: "at_rest",
  find({ books, payments }) {
    const objects = new Map(books.objects.map((object) => [object.id, object]));
    return payments
      .filter(({ status }) => status === "declined" || status === "canceled")
      .filter(({ providerObjectId }) => CONFIRMABLE.has(objects.get(providerObjectId ?? "")?.status ?? ""))
      .map(({ id, status }) => ({ paymentId: id, what: `is ${status}, and its object could still be confirmed` }));
  },
};
