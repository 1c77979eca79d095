import { spawn } from "node:child_process";

// The shell reads until its input ends, which it does however this process ends, SIGKILL included. It remembers the
// last line of pids; SIGQUIT first, because it lets Postgres take its own children and shared memory along. Removes twice,
// because an initdb that nobody waits for any more goes on writing until it notices.
const script = `
while read -r line; do pids=$line; done
[ -n "$pids" ] && kill -QUIT $pids && sleep 1 && kill -KILL $pids
rm -rf -- "$@"; sleep 2; rm -rf -- "$@"
`;

export interface OrphanGuard {
  /** Says which processes are to end with this one, instead of those said before. */
  watch(pids: readonly number[]): void;
  /** Everything has been stopped in order: nothing is left to guard. */
  release(): void;
}

/**
 * Sees to it that throwaway servers do not outlive this process, however it ends: a jest run that is interrupted never
 * reaches its teardown.
 *
 * @param folders removed then, too
 */
export function createOrphanGuard(folders: readonly string[]): OrphanGuard {
  const shell = spawn("/bin/sh", ["-c", script, "payonce-orphan-guard", ...folders], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  shell.unref();
  (shell.stdin as { unref?: () => void }).unref?.();
  return {
    watch(pids) {
      shell.stdin.write(`${pids.join(" ")}\n`);
    },
    release() {
      shell.kill("SIGKILL");
    },
  };
}
