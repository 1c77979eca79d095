import type { ProcessName } from "./stack-file.ts";

/** Knows the living processes of a stack by name, however often they are restarted. */
export interface ProcessRegister {
  /**
   * @param copy tells several processes of one name apart; its place in the list stays the same
   * @param pid undefined when it has ended
   */
  set(name: ProcessName, copy: number, pid: number | undefined): void;
  /** Living ones only. */
  pids(): Record<ProcessName, number[]>;
}

/** @param onChange called after each change, at once */
export function createProcessRegister(onChange: (pids: Record<ProcessName, number[]>) => void): ProcessRegister {
  const copies: Record<ProcessName, (number | undefined)[]> = {
    api: [],
    relay: [],
    charger: [],
    notifier: [],
    ops: [],
    checkout: [],
    simulator: [],
    postgres: [],
    redis: [],
  };
  const pids = () =>
    Object.fromEntries(
      Object.entries(copies).map(([name, list]) => [name, list.filter((pid) => pid !== undefined)]),
    ) as Record<ProcessName, number[]>;
  return {
    set(name, copy, pid) {
      copies[name][copy] = pid;
      onChange(pids());
    },
    pids,
  };
}
