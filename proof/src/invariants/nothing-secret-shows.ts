import type { Invariant } from "./invariant.ts";

export const nothingSecretShows: Invariant = {
  id: "16",
  says: "no card number and no key is in logs, tables, queue or answers",
  holds: "at_rest",
  find({ leaks }) {
    return leaks.map((what) => ({ paymentId: null, what }));
  },
};
