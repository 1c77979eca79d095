import { isPublicKind, publicEventId } from "@payonce/domain";
import type { Invariant } from "./invariant.ts";

export const webhooksArrive: Invariant = {
  id: "21",
  says: "every public event reached its merchant's receiver at least once, genuine, though that was often out of order",
  holds: "at_rest",
  find({ timeline, received, payments, subscribedMerchantIds }) {
    const had = new Set(received.map(({ id }) => id));
    const subscribed = new Set(
      payments.filter(({ merchantId }) => subscribedMerchantIds.has(merchantId)).map(({ id }) => id),
    );
    return timeline
      .filter(({ kind, paymentId }) => isPublicKind(kind) && subscribed.has(paymentId))
      .filter((row) => !had.has(publicEventId(row)))
      .map(({ paymentId, kind, version }) => ({
        paymentId,
        what: `its merchant was never told of ${kind} (${version})`,
      }));
  },
};
