import { spawn } from "node:child_process";
import type { Account } from "./server-account.ts";

export interface CommandOptions {
  timeoutMs: number;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Whom to run as; only root may say so. */
  account?: Account | undefined;
  /** What it reads from standard input: for secrets, which arguments would show in the process list. */
  input?: string;
  signal?: AbortSignal | undefined;
}

/**
 * Runs a command to its end and gives what it wrote to standard output.
 *
 * @throws with the end of its output when it cannot be started, fails, or is not done in time
 */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      // A group of its own, so that a command that is given up takes its own children (make, cc) along.
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.env ?? process.env,
      ...(options.account === undefined ? {} : { uid: options.account.uid, gid: options.account.gid }),
    });
    // A command that does not read to the end closes its end of the pipe.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    let stdout = "";
    let transcript = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      transcript = (transcript + text).slice(-4000);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      transcript = (transcript + text).slice(-4000);
    });
    let gaveUp = "";
    const giveUp = (reason: string) => {
      gaveUp = reason;
      killGroup(child.pid);
    };
    const timer = setTimeout(() => giveUp(`not done within ${options.timeoutMs / 1000} s`), options.timeoutMs);
    const onAbort = () => giveUp("stopped");
    options.signal?.addEventListener("abort", onAbort, { once: true });
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
      finish();
    };
    child.once("error", (error) => settle(() => reject(new Error(`${command}: ${error.message}`))));
    child.once("close", (code, signal) =>
      settle(() => {
        if (code === 0 && gaveUp === "") resolve(stdout);
        else reject(new Error(`${command}: ${gaveUp || `ended with ${signal ?? code}`}\n${transcript.trim()}`));
      }),
    );
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}
