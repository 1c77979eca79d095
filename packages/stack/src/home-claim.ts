import { linkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import { processIdentity } from "./process-identity.ts";
import type { ProcessName } from "./stack-file.ts";
import { readStackFile } from "./stack-file.ts";
import { waitUntil } from "./wait-until.ts";

interface KnownProcess {
  pid: number;
  /** Tells it from a later process with the same pid. */
  identity: string | undefined;
}

/** `<home>/running.json`: who runs a stack here and what it has started, from its first process on. */
interface Running {
  supervisor: KnownProcess;
  processes: (KnownProcess & { name: ProcessName })[];
}

export interface HomeClaim {
  /** Writes down what runs now, so that the next start finds it should this process be killed. */
  record(pids: Record<ProcessName, number[]>): void;
  release(): void;
}

/** Thrown when a living process already runs a stack in this home. */
export class HomeTakenError extends Error {
  constructor(home: string, pid: number) {
    const url = readStackFile(home)?.apiUrl;
    super(
      `A stack already runs here: ${url ?? "still starting"} (pid ${pid}).\n` +
        `Stop it with Ctrl-C or \`kill ${pid}\`. For a second one beside it, give it a home of its own:\n` +
        "  PAYONCE_HOME=.payonce-2 npm start",
    );
    this.name = "HomeTakenError";
  }
}

/**
 * Makes this process the only one that runs a stack in `home`. What a killed one has left running is stopped first.
 *
 * @throws HomeTakenError
 */
export async function claimHome(home: string, log: (line: string) => void): Promise<HomeClaim> {
  const path = join(home, "running.json");
  const mine: Running = { supervisor: known(process.pid), processes: [] };
  const draft = `${path}.${process.pid}.claim`;
  writeJsonFile(draft, mine);
  try {
    while (!linked(draft, path)) {
      const last = readJsonFile(path) as Running | undefined;
      if (last && isAlive(last.supervisor)) throw new HomeTakenError(home, last.supervisor.pid);
      if (last) await stopLeftovers(last, log);
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    record(pids) {
      mine.processes = Object.entries(pids).flatMap(([name, list]) =>
        list.map((pid) => ({ name: name as ProcessName, ...known(pid) })),
      );
      writeJsonFile(path, mine);
    },
    release: () => rmSync(path, { force: true }),
  };
}

/** The pid of the living process that runs a stack in `home`, if there is one. */
export function whoRuns(home: string): number | undefined {
  const running = readJsonFile(join(home, "running.json")) as Running | undefined;
  return running && isAlive(running.supervisor) ? running.supervisor.pid : undefined;
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function known(pid: number): KnownProcess {
  return { pid, identity: processIdentity(pid) };
}

function isAlive({ pid, identity }: KnownProcess): boolean {
  return identity !== undefined && processIdentity(pid) === identity;
}

/** Servers go last, so that the apps can still write down what they are in the middle of. */
const stopOrder: readonly ProcessName[] = [
  "checkout",
  "ops",
  "api",
  "notifier",
  "relay",
  "charger",
  "simulator",
  "redis",
  "postgres",
];

async function stopLeftovers(last: Running, log: (line: string) => void): Promise<void> {
  const left = last.processes.filter(isAlive);
  if (left.length === 0) return;
  log(`Stopping what a killed stack left running: ${left.map(({ name, pid }) => `${name} ${pid}`).join(", ")}`);
  left.sort((a, b) => stopOrder.indexOf(a.name) - stopOrder.indexOf(b.name));
  for (const leftover of left) {
    // SIGINT is Postgres' fast shutdown; its SIGTERM would wait for every client to leave.
    for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
      if (!isAlive(leftover)) break;
      process.kill(leftover.pid, leftover.name !== "postgres" && signal === "SIGINT" ? "SIGTERM" : signal);
      process.kill(leftover.pid, "SIGCONT");
      await waitUntil("its end", () => !isAlive(leftover), { timeoutMs: 5000 }).catch(() => {});
    }
  }
}
