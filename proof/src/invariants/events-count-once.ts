import { isPublicKind, publicEventId } from "@payonce/domain";
import { groupBy } from "./group-by.ts";
import type { Invariant } from "./invariant.ts";

const ENDS: ReadonlySet<string> = new Set(["succeeded", "declined", "canceled"]);

export const eventsCountOnce: Invariant = {
  id: "15",
  says: "a payment ends once, whatever comes twice or late; and nobody is told of what did not happen",
  holds: "always",
  find({ timeline, received }) {
    const endings = groupBy(
      timeline.filter(({ kind }) => ENDS.has(kind)),
      ({ paymentId }) => paymentId,
    );
    const twice = [...endings]
      .filter(([, rows]) => rows.length > 1)
      .map(([paymentId, rows]) => ({ paymentId, what: `ended ${rows.length} times` }));
    const happened = new Set(timeline.filter(({ kind }) => isPublicKind(kind)).map(publicEventId));
    const invented = received
      .filter(({ id }) => !happened.has(id))
      .map(({ id, paymentId }) => ({ paymentId, what: `the webhook ${id} tells of something that never happened` }));
    return [...twice, ...invented];
  },
};
