import type { Facts } from "./facts.ts";

export interface Violation {
  /** The payment it is about, where it is about one. */
  paymentId: string | null;
  what: string;
}

/** A rule that must hold whatever happens, checked from outside. */
export interface Invariant {
  /** As numbered in docs/proof.md. */
  id: string;
  says: string;
  /** `always`: at every moment, under any fault. `at_rest`: once the faults are over and all has come to rest. */
  holds: "always" | "at_rest";
  find(facts: Facts): Violation[];
}
