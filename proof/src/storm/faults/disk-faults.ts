import type { Fault } from "./fault.ts";

export const diskFaults: readonly Fault[] = [
  {
    name: "disk-full",
    group: "disk",
    about: "no byte is left on the disk that Postgres and Redis write to; where a small disk may be mounted",
    async strike({ stack, hold }, random) {
      if (stack.disk === null) return null;
      const ms = random.between(500, 4_000);
      const left = stack.disk.fill();
      await hold(ms);
      stack.disk.free();
      return `${Math.round(left / 2 ** 20)} MB for ${ms} ms`;
    },
  },
];
