import type { LinkState } from "../net/tcp-proxy.ts";
import type { Random } from "../random.ts";
import type { Fault } from "./fault.ts";

/** One link at a time, as it is in practice: to one neighbour all is well, to another it is not. */
export const networkFaults: readonly Fault[] = [
  linkFault("net-slow", "a link that takes up to 1.5 seconds for everything", (random) => ({
    kind: "slow",
    delayMs: random.between(20, 1_500),
  })),
  linkFault("net-silent", "a half-open link: bytes vanish both ways, and may arrive late", () => ({
    kind: "silent",
    direction: "both",
  })),
  linkFault("net-one-way", "a link that carries one way only", (random) => ({
    kind: "silent",
    direction: random.pick(["up", "down"] as const),
  })),
  linkFault("net-refuse", "connections are torn down, and no new ones taken", () => ({ kind: "refusing" }), true),
  {
    name: "net-reset",
    group: "network",
    about: "all connections of a link are reset, once",
    async strike({ stack }, random) {
      const link = random.pick(stack.links.all);
      link.reset();
      return link.name;
    },
  },
];

function linkFault(name: string, about: string, draw: (random: Random) => LinkState, resets = false): Fault {
  return {
    name,
    group: "network",
    about,
    async strike({ stack, hold }, random) {
      const [state, ms, endsWithReset] = [draw(random), random.between(300, 5_000), random.chance(0.3)];
      const link = random.pick(stack.links.all);
      link.set(state);
      if (resets) link.reset();
      await hold(ms);
      // What was held back is lost, or arrives now.
      if (endsWithReset) link.reset();
      link.set({ kind: "open" });
      return `${link.name} for ${ms} ms`;
    },
  };
}
