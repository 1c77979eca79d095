import { seedMerchant } from "@payonce/db";
import type { App, AppName } from "./apps.ts";
import { apps as allApps } from "./apps.ts";
import { claimHome } from "./home-claim.ts";
import { migrateDatabase } from "./migrate-database.ts";
import { createOrphanGuard } from "./orphan-guard.ts";
import { choosePorts } from "./ports.ts";
import { createProcessRegister } from "./process-register.ts";
import { readOrMakeSecrets } from "./secrets.ts";
import { FIRST_OPERATOR, seedOperator } from "./seed-operator.ts";
import { removeStackFile, type StackInfo, writeStackFile } from "./stack-file.ts";
import { forgetDataOutside, makeHome } from "./stack-home.ts";
import { startApp, untilAppReady } from "./start-app.ts";
import { startServers } from "./start-servers.ts";

export interface StackOptions {
  /** Folder for data, keys, logs and stack.json; one stack at a time runs in it. */
  home: string;
  /** A Postgres to use instead of starting one. */
  databaseUrl?: string | undefined;
  /** A Redis to use instead of starting one. */
  redisUrl?: string | undefined;
  /** Set in an app's environment, over what the stack itself says. */
  env?: Partial<Record<AppName, Record<string, string>>>;
  /** The same for one copy of an app alone, over `env`; copies count from 0. */
  envOfCopy?: (app: AppName, copy: number) => Record<string, string>;
  /** How many copies of an app to start; one where not said, and 0 leaves it out. */
  counts?: Partial<Record<AppName, number>>;
  /** For tests: data that does not survive the stop, and nothing that outlives this process, however it ends. */
  throwaway?: boolean;
  apps?: readonly App[];
  /** Told what a person who watches wants to know, a line at a time. */
  log?: (line: string) => void;
  /** Wraps each long step, to show it. */
  step?: <T>(title: string, work: () => Promise<T>, detail?: (result: T) => string) => Promise<T>;
  /** Aborted to give up while it is still starting; what has been started is stopped. */
  signal?: AbortSignal | undefined;
}

export interface Stack {
  /** As in stack.json; its pids change when processes are restarted. */
  readonly info: StackInfo;
  /** Stops everything in order and resolves once nothing is left. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts Postgres, Redis and the apps, and keeps them running until `stop`. `<home>/stack.json` describes the stack from
 * the moment it is ready until it is stopped.
 *
 * @throws HomeTakenError when one already runs in this home; otherwise, with the end of its log, when a process does not
 *   get ready. Nothing is left running then.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { home, log = () => {} } = options;
  if (makeHome(home)) forgetDataOutside(home);
  const claim = await claimHome(home, log);
  removeStackFile(home);
  // Run from last to first: what was started last is stopped first.
  const releases: (() => unknown)[] = [() => claim.release(), () => removeStackFile(home)];
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= releaseAll(releases);
    return stopped;
  };
  try {
    const info = await startAll(options, claim.record, releases);
    return { info, stop };
  } catch (error) {
    await stop();
    options.signal?.throwIfAborted();
    throw error;
  }
}

async function startAll(
  options: StackOptions,
  record: (pids: StackInfo["pids"]) => void,
  releases: (() => unknown)[],
): Promise<StackInfo> {
  const { home, signal, log = () => {}, step = (_title, work) => work(), counts = {} } = options;
  const apps = (options.apps ?? allApps).filter((app) => counts[app.name] !== 0);
  const secrets = readOrMakeSecrets(home);
  const ports = await choosePorts(home, apps, counts);
  releases.push(ports.release);
  const urlOf = (app: AppName) => ports.urls(app)[0] ?? "";
  const [apiUrl, opsUrl, simulatorUrl, checkoutUrl] = [
    urlOf("api"),
    urlOf("ops"),
    urlOf("simulator"),
    urlOf("checkout"),
  ];

  let info: StackInfo | undefined;
  const guard = options.throwaway ? createOrphanGuard([]) : undefined;
  releases.push(() => guard?.release());
  const register = createProcessRegister((pids) => {
    record(pids);
    guard?.watch(Object.values(pids).flat());
    if (info) writeStackFile(home, Object.assign(info, { pids }));
  });

  const { databaseUrl, redisUrl } = await startServers(
    { ...options, log, step },
    { secrets, ports, register, releases },
  );
  signal?.throwIfAborted();
  await step("Migrations and a test merchant", async () => {
    await migrateDatabase(databaseUrl, signal);
    await seedMerchant(databaseUrl, secrets, originsOf(checkoutUrl));
  });

  const { webhookSecretKey, secretKey, publishableKey } = secrets;
  const keys = { webhookSecretKey, secretKey, publishableKey };
  const surroundings = { home, databaseUrl, redisUrl, simulatorUrl, apiUrl, opsUrl, ...keys };
  await step(apps.map(({ name }) => name).join(", "), async () => {
    const waits: Promise<void>[] = [];
    for (const app of apps) {
      signal?.throwIfAborted();
      const appPorts = ports.of(app.name);
      const envOf = (copy: number) => ({ ...options.env?.[app.name], ...options.envOfCopy?.(app.name, copy) });
      const copies = startApp(app, { surroundings, ports: appPorts, envOf, register, log });
      releases.push(() => Promise.all(copies.map((copy) => copy.stop())));
      const ready = untilAppReady(app, copies, appPorts, signal);
      // The one that waits are given up for first tells why; the others must not end the process.
      ready.catch(() => {});
      if (app.name === "simulator") await ready;
      else waits.push(ready);
    }
    if (opsUrl) waits.push(seedOperator(databaseUrl, secrets.operatorPassword, signal));
    await Promise.all(waits);
  });

  info = {
    apiUrl,
    apiUrls: ports.urls("api"),
    opsUrl,
    operator: { username: FIRST_OPERATOR, password: secrets.operatorPassword },
    simulatorUrl,
    checkoutUrl,
    secretKey,
    publishableKey,
    databaseUrl,
    redisUrl,
    metricsUrls: ports.metricsUrls(),
    pids: register.pids(),
    supervisorPid: process.pid,
  };
  writeStackFile(home, info);
  return info;
}

/** The demo shop's, under both names that people type. */
function originsOf(checkoutUrl: string): string[] {
  return checkoutUrl ? [checkoutUrl, checkoutUrl.replace("127.0.0.1", "localhost")] : [];
}

async function releaseAll(releases: (() => unknown)[]): Promise<void> {
  // One that fails must not keep the others from being stopped.
  const failures: unknown[] = [];
  for (const release of releases.splice(0).reverse()) {
    try {
      await release();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, "not everything could be stopped");
}
