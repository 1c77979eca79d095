import { parentOf, programOf } from "./process-identity.ts";

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const parentCheckMs = 250;

/**
 * Gives a signal that is aborted when this process is asked to end: Ctrl-C, SIGTERM, a closed terminal, and, when npm
 * started it, the end of npm. Asking again changes nothing, since a Ctrl-C arrives twice: from the terminal and from npm.
 */
export function stopRequest(): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort(new Error("stopped"));
  for (const signal of stopSignals) process.on(signal, stop);
  // A reader that is gone (`npm start | head`) is no reason to leave servers behind.
  process.stdout.on("error", stop);
  process.stderr.on("error", stop);
  const starter = pidsUpToNpm();
  if (starter.length > 0) {
    setInterval(() => {
      if (process.ppid !== starter[0] || !starter.every(exists)) stop();
    }, parentCheckMs).unref();
  }
  return controller.signal;
}

/** npm tells only its shell to end, and that may die without telling us: so both are watched. None when not run by npm. */
function pidsUpToNpm(): number[] {
  if (process.env.npm_lifecycle_event === undefined) return [];
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  const isNpm = (pid: number) => /\bnpm\b/.test(programOf(pid) ?? "");
  if (isNpm(parent) || grandparent === undefined || !isNpm(grandparent)) return [parent];
  return [parent, grandparent];
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
