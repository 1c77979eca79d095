import type { Facts } from "./facts.ts";
import { INVARIANTS } from "./index.ts";
import type { Invariant, Violation } from "./invariant.ts";

export interface Finding extends Violation {
  invariant: Pick<Invariant, "id" | "says">;
}

/** @param when `always` for those that hold at every moment; `at_rest` for all */
export function checkInvariants(facts: Facts, when: Invariant["holds"]): Finding[] {
  return INVARIANTS.filter(({ holds }) => when === "at_rest" || holds === "always").flatMap((invariant) =>
    invariant.find(facts).map((violation) => ({ ...violation, invariant: { id: invariant.id, says: invariant.says } })),
  );
}
