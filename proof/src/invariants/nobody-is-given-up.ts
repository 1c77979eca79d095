import type { Invariant } from "./invariant.ts";

/** The sweep asks for a payment's job before it makes another, so waiting long is no reason to give a payment up. */
export const nobodyIsGivenUp: Invariant = {
  id: "22",
  says: "no payment or refund is given up for making no progress: while it waited it had its job",
  holds: "always",
  find({ timeline }) {
    return timeline
      .filter(({ code }) => code === "no_progress")
      .map(({ paymentId, version }) => ({
        paymentId,
        what: `was given up at version ${version} for making no progress`,
      }));
  },
};
