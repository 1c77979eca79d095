import { readdirSync, readFileSync } from "node:fs";

/** Of /proc: always 100 a second for programs, whatever the kernel ticks at. */
const tickMs = 10;

/**
 * CPU time that a process has used, of its children as well if asked for: Postgres has one for each connection.
 *
 * @returns milliseconds; NaN where there is no /proc or no such process
 */
export function readCpuMs(pid: number, withChildren = false): number {
  const own = readTicks(pid);
  if (own === undefined) return Number.NaN;
  if (!withChildren) return own.self * tickMs;
  const children = childrenOf(pid).map((child) => readTicks(child)?.self ?? 0);
  return (own.self + own.ended + sum(children)) * tickMs;
}

/**
 * The most memory that a process has had in use at once, in bytes.
 *
 * @returns NaN where there is no /proc or no such process
 */
export function readPeakBytes(pid: number): number {
  return readStatusBytes(pid, "VmHWM");
}

/** What a process and its children use now, in bytes: what each has for itself, and once what they share. */
export function readFamilyBytes(pid: number): number {
  const family = [pid, ...childrenOf(pid)];
  const own = family.map((one) => readStatusBytes(one, "RssAnon")).filter((bytes) => !Number.isNaN(bytes));
  const shared = family.map((one) => readStatusBytes(one, "RssShmem")).filter((bytes) => !Number.isNaN(bytes));
  return own.length === 0 ? Number.NaN : sum(own) + Math.max(0, ...shared);
}

/** Used now, in bytes. */
export function readBytes(pid: number): number {
  return readStatusBytes(pid, "VmRSS");
}

function readStatusBytes(pid: number, name: string): number {
  const status = read(`/proc/${pid}/status`) ?? "";
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1];
  return kilobytes === undefined ? Number.NaN : Number(kilobytes) * 1_024;
}

function readTicks(pid: number): { self: number; ended: number } | undefined {
  const fields = readStat(pid);
  // utime, stime, and those of children that have ended: fields 14 to 17 of proc_pid_stat(5), counted from the state.
  const [user, system, endedUser, endedSystem] = fields?.slice(11, 15).map(Number) ?? [];
  if (user === undefined || system === undefined) return undefined;
  return { self: user + system, ended: (endedUser ?? 0) + (endedSystem ?? 0) };
}

function childrenOf(pid: number): number[] {
  try {
    const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return all.map(Number).filter((one) => Number(readStat(one)?.[1]) === pid);
  } catch {
    return [];
  }
}

/** From the state on; the name before it may itself hold spaces and parentheses. */
function readStat(pid: number): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
