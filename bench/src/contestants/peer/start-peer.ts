import { join } from "node:path";
import { findFreePort, repositoryRoot, supervise, untilReady } from "@payonce/stack";
import type { RunningContestant, Surroundings } from "../contestant.ts";

/** No secret: whoever has it can reach a service on this machine that charges nobody. */
const secretKey = "sk_test_benchmark00000000000000000000000000000";

/**
 * Starts a contestant that is not Payonce: `api.js` and, where it has one, `worker.js` in the folder of its name, compiled,
 * each a process of its own and in production mode.
 */
export async function startPeer(
  folder: string,
  parts: readonly ("api" | "worker")[],
  { home, databaseUrl, redisUrl, providerUrl, onPid, onDeath, signal }: Surroundings,
): Promise<RunningContestant> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const processes = parts.map((part) => {
    const name = `${folder}-${part}`;
    return supervise({
      name,
      command: process.execPath,
      args: ["--enable-source-maps", join(repositoryRoot, "bench", "dist", "contestants", folder, `${part}.js`)],
      cwd: repositoryRoot,
      logsDir: join(home, "logs"),
      env: {
        PATH: process.env.PATH,
        NODE_ENV: "production",
        PORT: String(port),
        SECRET_KEY: secretKey,
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        PROVIDER_URL: providerUrl,
      },
      onPid: (pid) => onPid(name, pid),
      onDeath: (reason) => onDeath(`${name} died (${reason})`),
    });
  });
  const stop = async () => {
    await Promise.all(processes.map((one) => one.stop()));
  };
  try {
    // A worker answers nobody: it says in its log that it works.
    const isUp = async (part: string, log: string) => (part === "api" ? answersOk(url) : log.includes("working"));
    await Promise.all(
      processes.map((one, index) =>
        untilReady(one, () => isUp(parts[index] ?? "", one.logTail()), { timeoutMs: 60_000, signal }),
      ),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    target: { url, secretKey },
    pids: () => Object.fromEntries(parts.map((part, index) => [part, processes[index]?.pid ?? 0])),
    stop,
  };
}

async function answersOk(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
