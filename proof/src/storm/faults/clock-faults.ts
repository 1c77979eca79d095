import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "./fault.ts";

/** The processes whose clocks matter. The provider's is its own affair. */
const CLOCKS = ["api-1", "relay-1", "charger-1", "charger-2", "notifier-1"];

export const clockFaults: readonly Fault[] = [
  {
    name: "clock-jump",
    group: "clock",
    about: "one process's clock jumps up to 20 seconds forth or back, and back again",
    async strike({ stack, hold }, random) {
      const [name, ms] = [random.pick(CLOCKS), random.between(500, 6_000)];
      const offMs = random.pick([-1, 1]) * random.between(1_000, 20_000);
      const path = join(stack.clockDir, name);
      writeFileSync(path, String(offMs));
      await hold(ms);
      rmSync(path, { force: true });
      return `${name} by ${offMs} ms for ${ms} ms`;
    },
  },
];
