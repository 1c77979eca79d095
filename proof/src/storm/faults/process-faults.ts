import type { ProcessName } from "@payonce/stack";
import { waitUntil } from "@payonce/stack";
import type { Random } from "../random.ts";
import type { StormStack } from "../storm-stack.ts";
import type { Arena, Fault } from "./fault.ts";

/** What a storm kills and stops. The console and the provider as well. */
const APPS = ["api", "relay", "charger", "notifier", "ops", "simulator"] as const satisfies readonly ProcessName[];

/** SIGKILL: a power cut for one process. */
export const processFaults: readonly Fault[] = [
  ...APPS.map(
    (app): Fault => ({
      name: `kill-${app}`,
      group: "process",
      about: `SIGKILL for one ${app}`,
      async strike({ stack }, random) {
        const pid = drawPid(stack, app, random);
        return pid !== null && send(pid, "SIGKILL") ? `${app} ${pid}` : null;
      },
    }),
  ),
  ...APPS.map(
    (app): Fault => ({
      name: `stop-${app}`,
      group: "process",
      about: `SIGSTOP for one ${app}, and SIGCONT up to six seconds later: longer than a lease`,
      async strike({ stack, hold }, random) {
        const ms = random.between(300, 6_000);
        const pid = drawPid(stack, app, random);
        if (pid === null || !send(pid, "SIGSTOP")) return null;
        await hold(ms);
        send(pid, "SIGCONT");
        return `${app} ${pid} for ${ms} ms`;
      },
    }),
  ),
  {
    name: "stop-all-chargers",
    group: "process",
    about:
      "SIGSTOP for all chargers, and SIGCONT up to eleven seconds later: everything is overdue, and its jobs are there",
    async strike({ stack, hold }, random) {
      const ms = random.between(3_000, 11_000);
      const stopped = stack.info.pids.charger.filter((pid) => send(pid, "SIGSTOP"));
      await hold(ms);
      for (const pid of stopped) send(pid, "SIGCONT");
      return `${stopped.length} for ${ms} ms`;
    },
  },
  {
    name: "rolling-restart",
    group: "process",
    about: "SIGTERM for every process, one after the other, under load",
    async strike(arena) {
      for (const app of ["notifier", "relay", "charger", "api"] as const)
        for (const pid of [...arena.stack.info.pids[app]]) if (!arena.over.aborted) await restart(arena, app, pid);
      return "all of them";
    },
  },
];

/** The next one is stopped only when this one's successor runs. */
async function restart({ stack, over }: Arena, app: ProcessName, pid: number): Promise<void> {
  const count = stack.info.pids[app].length;
  if (!send(pid, "SIGTERM")) return;
  const isBack = () => !stack.info.pids[app].includes(pid) && stack.info.pids[app].length >= count;
  await waitUntil(`${app} to be back`, isBack, { timeoutMs: 15_000, signal: over }).catch(() => {});
}

function drawPid(stack: StormStack, app: ProcessName, random: Random): number | null {
  const pids = stack.info.pids[app];
  const draw = random.next();
  return pids[Math.floor(draw * pids.length)] ?? null;
}

/** @returns false when it is gone already */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
