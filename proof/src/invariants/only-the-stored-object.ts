import { groupBy } from "./group-by.ts";
import type { Invariant } from "./invariant.ts";

/** Remember, then confirm. */
export const onlyTheStoredObject: Invariant = {
  id: "9",
  says: "at most one provider object of a payment is ever confirmed, the stored one; and what is stored stays",
  holds: "always",
  find({ books, payments, changes }) {
    const stored = new Map(payments.map(({ id, providerObjectId }) => [id, providerObjectId]));
    const confirmed = books.objects.filter(({ confirms, payment_id }) => confirms > 0 && payment_id !== null);
    const charged = books.charges.map(({ payment_intent, payment_id }) => ({ id: payment_intent, payment_id }));
    const moved = [...groupBy([...confirmed, ...charged], ({ payment_id }) => payment_id)].flatMap(
      ([paymentId, objects]) => {
        const ids = [...new Set(objects.map(({ id }) => id))];
        if (ids.length > 1) return [{ paymentId, what: `${ids.length} of its objects were confirmed` }];
        const isStored = stored.get(paymentId ?? "") === ids[0];
        return isStored ? [] : [{ paymentId, what: `${ids[0]} was confirmed, and is not the one that is stored` }];
      },
    );
    const replaced = changes
      .filter(({ oldObject, newObject }) => oldObject !== null && newObject !== oldObject)
      .map(({ paymentId }) => ({ paymentId, what: "its stored object was replaced" }));
    return [...moved, ...replaced];
  },
};
