import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { repositoryRoot } from "@payonce/stack";
import type { LoadOrder, LoadReport } from "./load-order.ts";

export interface Generator {
  readonly pid: number;
  send(order: LoadOrder): Promise<LoadReport>;
  stop(): void;
}

/** Starts the process that sends the load. It ends with us, however we end. */
export function startGenerator(signal: AbortSignal): Generator {
  const child = fork(join(repositoryRoot, "bench", "dist", "load", "main.js"), {
    // A terminal's Ctrl-C reaches us alone.
    detached: true,
    env: { PATH: process.env.PATH, NODE_ENV: "production" },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return {
    pid: child.pid ?? 0,
    async send(order) {
      const ended = new AbortController();
      const end = () => ended.abort(new Error("the load generator died"));
      child.once("exit", end);
      try {
        const answer = once(child, "message", { signal: AbortSignal.any([signal, ended.signal]) });
        child.send(order);
        const [report] = await answer;
        return report as LoadReport;
      } catch (error) {
        signal.throwIfAborted();
        throw ended.signal.reason ?? error;
      } finally {
        child.off("exit", end);
      }
    },
    stop() {
      child.kill("SIGKILL");
    },
  };
}
