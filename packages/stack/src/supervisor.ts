import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { openLog, readLogSince } from "./process-log.ts";
import type { Account } from "./server-account.ts";
import { waitUntil } from "./wait-until.ts";

const firstRestartMs = 100;
const longestRestartMs = 1000;
/** A process that lived this long was well: its next restart is quick again. */
const wellAfterMs = 5000;

export interface ProcessSpec {
  /** Names the log file, and the process where it is talked about. */
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  logsDir: string;
  /** Whom to run as; only root may say so. */
  account?: Account | undefined;
  /** Given to its standard input, which is then closed. */
  input?: string;
  /** Sent in turn, each after the one before had `waitMs` without effect; SIGKILL follows the last. */
  stopSignals?: readonly { signal: NodeJS.Signals; waitMs: number }[];
  /** Called whenever its pid changes; undefined while it is down. */
  onPid?: (pid: number | undefined) => void;
  /** Told that it died unasked and when it will be started again. */
  onDeath?: (reason: string, restartInMs: number) => void;
}

export interface Death {
  /** Its signal or exit code. */
  reason: string;
  log: string;
}

export interface Supervised {
  readonly name: string;
  /** Undefined while it is down. */
  readonly pid: number | undefined;
  /** Its last unasked end, with what it had logged since its start. */
  readonly lastDeath: Death | undefined;
  /** The end of what it has logged since it was last started. */
  logTail(): string;
  /** Ends it for good and resolves once it is gone. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts a process and starts it again whenever it dies unasked: after 100 ms, up to a second if it keeps dying.
 * Its output goes to `<logsDir>/<name>.log`. It gets a process group of its own, so that a terminal's Ctrl-C reaches
 * only us and things can be stopped in order.
 */
export function supervise(spec: ProcessSpec): Supervised {
  let child: ChildProcess | undefined;
  let lastDeath: Death | undefined;
  let logStart = 0;
  let restartMs = firstRestartMs;
  let restartTimer: NodeJS.Timeout | undefined;
  let stopping: Promise<void> | undefined;

  const start = () => {
    const log = openLog(spec.logsDir, spec.name);
    logStart = log.size;
    const startedAtMs = Date.now();
    const started = spawnDetached(spec, log.fd);
    closeSync(log.fd);
    child = started;
    let gone = false;
    const onGone = (reason: string) => {
      // A command that cannot be started gives "error" and never "exit"; one that runs may give both.
      if (gone) return;
      gone = true;
      child = undefined;
      spec.onPid?.(undefined);
      if (stopping) return;
      lastDeath = { reason, log: readLogSince(spec.logsDir, spec.name, logStart) };
      if (Date.now() - startedAtMs > wellAfterMs) restartMs = firstRestartMs;
      spec.onDeath?.(reason, restartMs);
      restartTimer = setTimeout(start, restartMs);
      restartMs = Math.min(restartMs * 2, longestRestartMs);
    };
    started.once("error", (error) => onGone(error.message));
    started.once("exit", (code, signal) => onGone(signal ?? `exit code ${code}`));
    if (started.pid !== undefined) spec.onPid?.(started.pid);
  };

  start();
  return {
    name: spec.name,
    get pid() {
      return child?.pid;
    },
    get lastDeath() {
      return lastDeath;
    },
    logTail: () => readLogSince(spec.logsDir, spec.name, logStart),
    stop() {
      clearTimeout(restartTimer);
      stopping ??= end(() => child, spec.stopSignals ?? [{ signal: "SIGTERM", waitMs: 10_000 }]);
      return stopping;
    },
  };
}

function spawnDetached(spec: ProcessSpec, logFd: number): ChildProcess {
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: [spec.input === undefined ? "ignore" : "pipe", logFd, logFd],
    ...(spec.account === undefined ? {} : { uid: spec.account.uid, gid: spec.account.gid }),
  });
  // It may die before it has read its input; that is told by its exit, not by a broken pipe.
  child.stdin?.on("error", () => {});
  child.stdin?.end(spec.input);
  return child;
}

async function end(
  running: () => ChildProcess | undefined,
  signals: readonly { signal: NodeJS.Signals; waitMs: number }[],
): Promise<void> {
  for (const { signal, waitMs } of [...signals, { signal: "SIGKILL" as const, waitMs: 10_000 }]) {
    const child = running();
    if (child === undefined) return;
    child.kill(signal);
    // A process that a fault run has stopped would never see the signal.
    child.kill("SIGCONT");
    await waitUntil("its end", () => running() === undefined, { timeoutMs: waitMs, pollMs: 10 }).catch(() => {});
  }
}

export interface ReadyOptions {
  timeoutMs: number;
  /** A death that is worth another start; any other one ends the wait at once. */
  forgives?: (death: Death) => boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Waits until `probe` says that a freshly started process does its work.
 *
 * @throws with the end of its log when it dies or is not ready in time; it is stopped then
 */
export async function untilReady(
  supervised: Supervised,
  probe: () => Promise<boolean>,
  { timeoutMs, forgives = () => false, signal }: ReadyOptions,
): Promise<void> {
  const isReady = async () => {
    const death = supervised.lastDeath;
    if (death && !forgives(death)) throw new Error(`${supervised.name} ended while it was starting (${death.reason})`);
    return supervised.pid !== undefined && (await probe());
  };
  try {
    await waitUntil(`${supervised.name} to be ready`, isReady, { timeoutMs, signal });
  } catch (error) {
    const log = supervised.lastDeath?.log || supervised.logTail();
    await supervised.stop();
    signal?.throwIfAborted();
    throw new Error(`${(error as Error).message}${log === "" ? "" : `. The end of its log:\n${log}`}`);
  }
}
