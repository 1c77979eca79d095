import { clockFaults } from "./clock-faults.ts";
import { crashFaults } from "./crash-faults.ts";
import { diskFaults } from "./disk-faults.ts";
import type { Fault } from "./fault.ts";
import { networkFaults } from "./network-faults.ts";
import { postgresFaults } from "./postgres-faults.ts";
import { processFaults } from "./process-faults.ts";
import { providerFaults } from "./provider-faults.ts";
import { providerWebhookFaults } from "./provider-webhook-faults.ts";
import { queueFaults } from "./queue-faults.ts";
import { receiverFaults } from "./receiver-faults.ts";
import { redisFaults } from "./redis-faults.ts";

/** Everything bad that can happen, by name. */
export const FAULTS: readonly Fault[] = [
  ...processFaults,
  ...postgresFaults,
  ...redisFaults,
  ...networkFaults,
  ...providerFaults,
  ...providerWebhookFaults,
  ...receiverFaults,
  ...clockFaults,
  ...diskFaults,
  ...queueFaults,
  ...crashFaults,
];

/**
 * Those that a list names: names of faults or of groups, `all`, or `none`; with a dash in front, all but those.
 *
 * @throws with the names there are, for one that there is not
 */
export function chooseFaults(list: readonly string[]): Fault[] {
  const isNamed = (name: string) => (fault: Fault) => name === "all" || fault.name === name || fault.group === name;
  const named = (name: string) => {
    const found = FAULTS.filter(isNamed(name));
    if (found.length === 0 && name !== "none") {
      const groups = [...new Set(FAULTS.map(({ group }) => group))];
      throw new Error(
        `There is no fault "${name}". Groups: ${groups.join(", ")}. Or one of: ${FAULTS.map((fault) => fault.name).join(", ")}.`,
      );
    }
    return found;
  };
  const wanted = list.filter((name) => !name.startsWith("-"));
  const unwanted = new Set(list.filter((name) => name.startsWith("-")).flatMap((name) => named(name.slice(1))));
  const chosen = new Set((wanted.length > 0 ? wanted : ["all"]).flatMap(named));
  return FAULTS.filter((fault) => chosen.has(fault) && !unwanted.has(fault));
}
