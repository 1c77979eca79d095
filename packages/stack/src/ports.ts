import { join } from "node:path";
import type { App, AppName } from "./apps.ts";
import { findFreePort, releasePort } from "./free-port.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import type { AppPorts } from "./start-app.ts";

export interface StackPorts {
  /** One entry per copy. */
  of(app: AppName): readonly AppPorts[];
  urls(app: AppName): string[];
  metricsUrls(): Partial<Record<AppName, string[]>>;
  /** The port a server had in the last run, to be tried first. */
  last(server: "postgres" | "redis"): number | undefined;
  /** Writes down the port that a server has got. */
  keep(server: "postgres" | "redis", port: number): void;
  release(): void;
}

/**
 * Finds a port for each copy of each app: the app's default, else the one of the last run, else any free one. They are
 * kept in `<home>/ports.json`, so that urls stay the same from one start to the next where possible.
 */
export async function choosePorts(
  home: string,
  apps: readonly App[],
  counts: Partial<Record<AppName, number>>,
): Promise<StackPorts> {
  const path = join(home, "ports.json");
  const kept = (readJsonFile(path) ?? {}) as Record<string, number | undefined>;
  const chosen = new Map<AppName, AppPorts[]>();
  for (const app of apps) {
    const copies: AppPorts[] = [];
    for (let copy = 1; copy <= (counts[app.name] ?? 1); copy++) {
      const choose = async (name: string, preferred?: number) => {
        const port = await findFreePort(preferred, kept[name]);
        kept[name] = port;
        return port;
      };
      const served = app.defaultPort === undefined ? undefined : copy === 1 ? app.defaultPort : 0;
      copies.push({
        port: served === undefined ? undefined : await choose(`${app.name}-${copy}`, served || undefined),
        metricsPort: app.hasMetrics ? await choose(`${app.name}-${copy}-metrics`) : undefined,
      });
    }
    chosen.set(app.name, copies);
  }
  writeJsonFile(path, kept);

  const of = (app: AppName) => chosen.get(app) ?? [];
  const toUrls = (ports: (number | undefined)[]) =>
    ports.filter((port) => port !== undefined).map((port) => `http://127.0.0.1:${port}`);
  return {
    of,
    urls: (app) => toUrls(of(app).map(({ port }) => port)),
    metricsUrls() {
      const withMetrics = apps.filter((app) => app.hasMetrics);
      return Object.fromEntries(
        withMetrics.map(({ name }) => [name, toUrls(of(name).map(({ metricsPort }) => metricsPort))]),
      );
    },
    last: (server) => kept[server],
    keep(server, port) {
      kept[server] = port;
      writeJsonFile(path, kept);
    },
    release() {
      for (const { port, metricsPort } of [...chosen.values()].flat()) {
        if (port !== undefined) releasePort(port);
        if (metricsPort !== undefined) releasePort(metricsPort);
      }
    },
  };
}
