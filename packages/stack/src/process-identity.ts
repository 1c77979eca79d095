import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Tells one process from a later one that got the same pid: the time at which it began, from /proc or ps.
 *
 * @returns undefined when no such process runs; a zombie counts as not running
 */
export function processIdentity(pid: number): string | undefined {
  if (process.platform === "linux") {
    const fields = readStat(pid);
    return fields === undefined || fields[0] === "Z" ? undefined : `started ${fields[19]}`;
  }
  const line = askPs(pid, "stat=,lstart=");
  return line === undefined || line.startsWith("Z") ? undefined : `started ${line.replace(/^\S+\s+/, "")}`;
}

/** The command line of a process; undefined when it has ended. */
export function programOf(pid: number): string | undefined {
  if (process.platform !== "linux") return askPs(pid, "args=");
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") || undefined;
  } catch {
    return undefined;
  }
}

export function parentOf(pid: number): number | undefined {
  const parent = process.platform === "linux" ? readStat(pid)?.[1] : askPs(pid, "ppid=");
  return parent === undefined ? undefined : Number(parent);
}

/** What /proc tells of a process, from its state on; see proc_pid_stat(5). */
function readStat(pid: number): string[] | undefined {
  try {
    // The name in parentheses may itself hold spaces and parentheses, so fields are counted from the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

function askPs(pid: number, columns: string): string | undefined {
  try {
    const answer = execFileSync("ps", ["-o", columns, "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return answer.trim() || undefined;
  } catch {
    return undefined;
  }
}
