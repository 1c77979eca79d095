import { join } from "node:path";
import { findFreePort, repositoryRoot, supervise, untilReady, waitUntil } from "@payonce/stack";
import { answersOk } from "./answers-ok.ts";
import type { SideOptions } from "./side.ts";

const main = join(repositoryRoot, "proof", "dist", "demo", "naive", "main.js");

export interface NaiveService {
  url: string;
  /** Kills it, and resolves when it answers again. */
  crash(): Promise<void>;
}

/** Starts the naive service, and starts it again whenever it dies, as Payonce's processes are. */
export async function startNaiveService(
  { databaseUrl, providerUrl }: { databaseUrl: string; providerUrl: string },
  { home, providerTimeoutMs, signal, releases }: SideOptions,
  onPid: (pid: number | undefined) => void,
): Promise<NaiveService> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const service = supervise({
    name: "naive",
    command: process.execPath,
    args: ["--enable-source-maps", main],
    cwd: repositoryRoot,
    logsDir: join(home, "logs"),
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      STRIPE_API_BASE: providerUrl,
      STRIPE_API_KEY: "sk_test_naive",
      PROVIDER_TIMEOUT_MS: String(providerTimeoutMs),
    },
    onPid,
  });
  releases.push(() => service.stop());
  const isUp = () => answersOk(`${url}/healthz`);
  await untilReady(service, isUp, { timeoutMs: 60_000, signal });
  return {
    url,
    async crash() {
      const { pid } = service;
      if (pid !== undefined) process.kill(pid, "SIGKILL");
      const isBack = async () => service.pid !== pid && (await isUp());
      await waitUntil("the naive service to be back", isBack, { timeoutMs: 60_000, signal });
    },
  };
}
