export const CONTESTANT_NAMES = [
  "ceiling",
  "naive",
  "insert-then-queue",
  "graphile-worker",
  "pg-boss",
  "payonce",
] as const;

export type ContestantName = (typeof CONTESTANT_NAMES)[number];

/** What a contestant is started in. Both stores are empty and its own while it runs. */
export interface Surroundings {
  /** A folder for logs. */
  home: string;
  databaseUrl: string;
  redisUrl: string;
  providerUrl: string;
  /** Told of every process, so that none outlives the benchmark. */
  onPid(name: string, pid: number | undefined): void;
  onDeath(line: string): void;
  signal: AbortSignal;
}

/** How to read and to empty a contestant's tables; SQL, because the tables differ. */
export interface Books {
  /** Empties all that a payment leaves behind. */
  reset: string;
  /** One number: payments that are settled. */
  countSettled: string;
  /** `accepted_at` and `settled_at` of each settled payment, by the clocks of database and processes on one machine. */
  settled: string;
}

export interface Target {
  url: string;
  secretKey: string;
}

export interface RunningContestant {
  target: Target;
  /** Of its processes, by what they do; the first is the one that answers requests. */
  pids(): Record<string, number>;
  stop(): Promise<void>;
}

export interface Contestant {
  name: ContestantName;
  /** What it does, in a line of the report. */
  says: string;
  /** Undefined where nothing is stored. */
  books: Books | undefined;
  /** Whether payments are settled after the answer, by processes other than the one that answers. */
  settlesLater: boolean;
  start(surroundings: Surroundings): Promise<RunningContestant>;
}

/** Those that people would use instead of Payonce; ceiling and naive service are measures, not choices. */
export const PEERS: readonly ContestantName[] = ["insert-then-queue", "graphile-worker", "pg-boss"];
