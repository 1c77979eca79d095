import { cpus, totalmem } from "node:os";

export interface Machine {
  cores: number;
  cpu: string;
  memoryBytes: number;
  node: string;
  platform: string;
  at: string;
}

/** Without what it was measured on, a figure says little. */
export function describeMachine(): Machine {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryBytes: totalmem(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    at: new Date().toISOString(),
  };
}

export function machineNote({ cores, cpu, node, at }: Machine, rounds: number): string {
  const times = rounds === 1 ? "one round" : `medians of ${rounds} rounds`;
  return `${cores} cores (${cpu}), Node ${node}, load generator on the same machine; ${times}; ${at.slice(0, 10)}`;
}
