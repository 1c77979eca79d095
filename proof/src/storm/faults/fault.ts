import type { Random } from "../random.ts";
import type { StormStack } from "../storm-stack.ts";

/** Where faults strike. */
export interface Arena {
  stack: StormStack;
  /** Waits so long, or until the storm is over: faults undo themselves then. */
  hold(ms: number): Promise<void>;
  /** Aborted when the storm is over. */
  over: AbortSignal;
}

/** Something bad that can happen. */
export interface Fault {
  /** `--faults` picks by it, or by the group. */
  name: string;
  group: "process" | "postgres" | "redis" | "network" | "provider" | "queue" | "crash" | "receiver" | "clock" | "disk";
  about: string;
  /**
   * Does its harm, and has undone it when it resolves.
   *
   * @param random of this strike alone
   * @returns what exactly it did, for the log; null when there was nothing to strike
   */
  strike(arena: Arena, random: Random): Promise<string | null>;
}
