import { readBytes, readFamilyBytes } from "./process-usage.ts";

const everyMs = 500;

export interface MemorySampler {
  /** Ends it, and tells the most that each process was seen to use, in bytes. */
  stop(): Record<string, number>;
}

/** Looks at the memory of processes twice a second; of Postgres at that of all its children together. */
export function sampleMemory(pids: () => Record<string, number>, postgresPid: number): MemorySampler {
  const peaks: Record<string, number> = {};
  const look = () => {
    const now = Object.entries(pids()).map(([name, pid]) => [name, readBytes(pid)] as const);
    // A process that is gone, or a system without /proc, has nothing to tell.
    for (const [name, bytes] of [...now, ["postgres", readFamilyBytes(postgresPid)] as const])
      if (bytes > (peaks[name] ?? 0)) peaks[name] = bytes;
  };
  look();
  const timer = setInterval(look, everyMs);
  return {
    stop() {
      clearInterval(timer);
      look();
      return peaks;
    },
  };
}
