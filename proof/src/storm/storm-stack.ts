import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { connectDatabase, type Database, makeTestMerchant, seedMerchant, type TestMerchant } from "@payonce/db";
import { createOperatorToken } from "@payonce/db/operations";
import { type AppName, repositoryRoot, type StackInfo, startPostgres, startRedis, startStack } from "@payonce/stack";
import { installObserver } from "../invariants/install-observer.ts";
import { createLinks, type Links } from "./net/links.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { mountSmallDisk, type SmallDisk } from "./small-disk.ts";
import { stormTimings } from "./storm-timings.ts";

export type Counts = Record<AppName, number>;

/** Compiled, as the apps are. */
const skewClock = pathToFileURL(join(repositoryRoot, "proof", "dist", "storm", "skew-clock.js")).href;

/** How many copies of each process a storm runs. */
export const FULL_COUNTS: Counts = { simulator: 1, charger: 3, relay: 2, notifier: 2, api: 2, ops: 1, checkout: 0 };
export const SMALL_COUNTS: Counts = { simulator: 1, charger: 2, relay: 1, notifier: 1, api: 2, ops: 1, checkout: 0 };

/** A merchant of the storm, with what its client needs to know. */
export interface Tenant extends Pick<TestMerchant, "merchantId" | "secretKey" | "publishableKey"> {}

/** A system of the storm's own, with a link that can be clogged between every two of its parts. */
export interface StormStack {
  info: StackInfo;
  home: string;
  /** Undefined while they are down. */
  serverPids(): { postgres: number | undefined; redis: number | undefined };
  /** Around all links: for those who observe. */
  db: Database;
  redisUrl: string;
  /** Where both servers keep their data; null where none of their own may be had. */
  disk: SmallDisk | null;
  links: Links;
  receiver: Receiver;
  tenants: readonly Tenant[];
  /** Null where no console runs. */
  operatorToken: string | null;
  /** The simulator's own books. */
  journalPath: string;
  /** A file in here, named as a crash point, ends the next process that comes by. */
  crashDir: string;
  /** A file in here, named as a process, says by how many milliseconds its clock is off. */
  clockDir: string;
  /** How often processes have died, by name. */
  deaths: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export interface StormStackOptions {
  home: string;
  counts: Counts;
  /** Set in an app's environment, over what the storm says. */
  env?: Partial<Record<AppName, Record<string, string>>>;
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** @throws when it cannot be started; nothing is left running then */
export async function startStormStack({ home, counts, env = {}, log, signal }: StormStackOptions): Promise<StormStack> {
  const releases: (() => unknown)[] = [];
  const stop = async () => {
    for (const release of releases.splice(0).reverse()) await release();
  };
  try {
    const deaths = new Map<string, number>();
    const died = (name: string) => deaths.set(name, (deaths.get(name) ?? 0) + 1);
    const crashDir = join(home, "crash-points");
    const clockDir = join(home, "clocks");
    for (const folder of [crashDir, clockDir]) mkdirSync(folder, { recursive: true });
    const disk = mountSmallDisk();
    releases.push(() => disk?.close());
    const server = { home, password: "storm", throwaway: true, throwawayBelow: disk?.path, signal };
    const postgres = await startPostgres({ ...server, onDeath: () => died("postgres") });
    releases.push(() => postgres.stop());
    const redis = await startRedis({ ...server, onDeath: () => died("redis") });
    releases.push(() => redis.stop());
    const receiver = await startReceiver();
    releases.push(() => receiver.close());
    const links = await createLinks(counts, { postgres: postgres.port, redis: redis.port, receiver: receiver.port });
    releases.push(() => links.close());

    const envOfCopy = (app: AppName, copy: number): Record<string, string> => ({
      ...links.envOf(app, copy, { databaseUrl: postgres.url, redisUrl: redis.url }),
      ...stormTimings[app],
      ...(app === "simulator"
        ? {}
        : {
            PAYONCE_CRASH_POINTS: crashDir,
            PAYONCE_SKEW_FILE: join(clockDir, `${app}-${copy + 1}`),
            NODE_OPTIONS: `--import=${skewClock}`,
          }),
      ...env[app],
    });
    const stack = await startStack({
      home,
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      throwaway: true,
      counts,
      envOfCopy,
      signal,
      log(line) {
        log(line);
        const name = /^([a-z]+)(-\d+)? died/.exec(line)?.[1];
        if (name) died(name);
      },
    });
    releases.push(() => stack.stop());
    const { info } = stack;
    links.leadTo("simulator", portOf(info.simulatorUrl));
    links.leadTo("api", portOf(info.apiUrl));

    const db = connectDatabase({ url: postgres.url, applicationName: "storm", statementTimeoutMs: 60_000 });
    releases.push(() => db.close());
    await installObserver(db.pool);
    const tenants = await makeTenants(postgres.url, info, home);
    const operatorToken = counts.ops > 0 ? await makeOperatorToken(db, info) : null;
    return {
      info,
      home,
      serverPids: () => ({ postgres: postgres.pid, redis: redis.pid }),
      db,
      redisUrl: redis.url,
      disk,
      links,
      receiver,
      tenants,
      operatorToken,
      journalPath: join(home, "simulator", "journal.jsonl"),
      crashDir,
      clockDir,
      deaths,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The stack's own test merchant, and another: keys of one are nothing to the other. */
async function makeTenants(databaseUrl: string, info: StackInfo, home: string): Promise<Tenant[]> {
  const second = makeTestMerchant();
  await seedMerchant(databaseUrl, second);
  const { merchantId } = JSON.parse(readFileSync(join(home, "secrets.json"), "utf8")) as { merchantId: string };
  return [{ merchantId, secretKey: info.secretKey, publishableKey: info.publishableKey }, second];
}

async function makeOperatorToken({ pool }: Database, info: StackInfo): Promise<string> {
  const actor = { operatorId: null, name: "cli:storm", via: "cli" as const };
  const operator = { username: info.operator.username, reason: "An operator of the storm" };
  const made = await createOperatorToken(pool, actor, operator);
  if (!made) throw new Error("there is no operator to act as");
  return made.token;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
