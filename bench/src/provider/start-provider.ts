import { join } from "node:path";
import { findFreePort, repositoryRoot, supervise, untilReady } from "@payonce/stack";

export interface RunningProvider {
  url: string;
  readonly pid: number;
  /** How many payments it has charged since it was last asked to forget. */
  countCharges(): Promise<number>;
  forget(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the benchmark's provider as a process of its own. */
export async function startProvider({
  home,
  onPid,
  signal,
}: {
  home: string;
  onPid(name: string, pid: number | undefined): void;
  signal: AbortSignal;
}): Promise<RunningProvider> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const server = supervise({
    name: "provider",
    command: process.execPath,
    args: [join(repositoryRoot, "bench", "dist", "provider", "main.js")],
    cwd: repositoryRoot,
    logsDir: join(home, "logs"),
    env: { PATH: process.env.PATH, NODE_ENV: "production", PORT: String(port) },
    onPid: (pid) => onPid("provider", pid),
  });
  const ask = async (method: string) => {
    const response = await fetch(`${url}/_bench/charges`, { method, signal: AbortSignal.timeout(10_000) });
    return ((await response.json()) as { charges: number }).charges;
  };
  const isUp = () =>
    ask("GET").then(
      () => true,
      () => false,
    );
  await untilReady(server, isUp, { timeoutMs: 60_000, signal });
  return {
    url,
    get pid() {
      return server.pid ?? 0;
    },
    countCharges: () => ask("GET"),
    async forget() {
      await ask("DELETE");
    },
    stop: () => server.stop(),
  };
}
