import type { Fault } from "./faults/fault.ts";
import type { Random } from "./random.ts";

export interface PlannedFault {
  /** Also the name of its source of chance. */
  name: string;
  atMs: number;
  fault: Fault;
}

/** On average. Most strikes last for some seconds, so several are at work at any time. */
const GAP_MS = 700;

/**
 * What strikes when: follows from the seed and the list alone. Groups are drawn first, so that the many crash points do not
 * crowd out the rest.
 */
export function planFaults(random: Random, faults: readonly Fault[], seconds: number): PlannedFault[] {
  if (faults.length === 0) return [];
  const groups = [...new Set(faults.map(({ group }) => group))];
  const plan: PlannedFault[] = [];
  // Not from the first moment on: something should be under way.
  for (let atMs = 300; atMs < seconds * 1_000; atMs += random.between(GAP_MS / 4, 2 * GAP_MS - GAP_MS / 4)) {
    const group = random.pick(groups);
    const fault = random.pick(faults.filter((one) => one.group === group));
    plan.push({ name: `fault-${plan.length}-${fault.name}`, atMs, fault });
  }
  return plan;
}
