import type { App, AppSurroundings } from "./apps.ts";
import type { ProcessRegister } from "./process-register.ts";
import { logsDir, repositoryRoot } from "./stack-home.ts";
import { type Supervised, supervise, untilReady } from "./supervisor.ts";

export interface AppPorts {
  port: number | undefined;
  metricsPort: number | undefined;
}

export interface StartAppOptions {
  surroundings: AppSurroundings;
  /** One entry per copy to start. */
  ports: readonly AppPorts[];
  /** Of one copy, counted from 0; wins over what the stack itself says. */
  envOf(copy: number): Record<string, string>;
  register: ProcessRegister;
  log(line: string): void;
}

/** Starts the copies of an app, each supervised; they need not be ready yet. */
export function startApp(app: App, options: StartAppOptions): Supervised[] {
  return options.ports.map(({ port, metricsPort }, copy) => {
    const name = options.ports.length === 1 ? app.name : `${app.name}-${copy + 1}`;
    return supervise({
      name,
      command: process.execPath,
      args: ["--enable-source-maps", app.main],
      cwd: repositoryRoot,
      logsDir: logsDir(options.surroundings.home),
      env: {
        ...inheritedEnv(),
        HOST: "127.0.0.1",
        LOG_LEVEL: process.env.LOG_LEVEL ?? "info",
        ...(port === undefined ? {} : { PORT: String(port) }),
        ...(metricsPort === undefined ? {} : { METRICS_PORT: String(metricsPort) }),
        ...app.env(options.surroundings),
        ...options.envOf(copy),
      },
      onPid: (pid) => options.register.set(app.name, copy, pid),
      onDeath: (reason, restartInMs) => options.log(`${name} died (${reason}); starting it again in ${restartInMs} ms`),
    });
  });
}

/** Waits until every copy answers, on its metrics port where it has no other. */
export async function untilAppReady(
  app: App,
  copies: readonly Supervised[],
  ports: readonly AppPorts[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const waits = copies.map((copy, index) => {
    const port = ports[index]?.port ?? ports[index]?.metricsPort;
    const isReady = async () => {
      const answers = await Promise.all(app.readyPaths.map((path) => answersOk(`http://127.0.0.1:${port}${path}`)));
      return answers.every(Boolean);
    };
    return untilReady(copy, isReady, { timeoutMs: 60_000, signal });
  });
  await Promise.all(waits);
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/** A database or Redis of the caller's that an app is not given must not reach it by inheritance either. */
function inheritedEnv(): NodeJS.ProcessEnv {
  const { DATABASE_URL, REDIS_URL, NODE_ENV, ...rest } = process.env;
  return rest;
}
