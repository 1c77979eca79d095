import type { AppName } from "@payonce/stack";
import { type LinkState, startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** What connections lead to. */
export type LinkEnd = "postgres" | "redis" | "simulator" | "api" | "receiver";

/** One link between two parts. */
export interface Link {
  /** Such as `charger-2:simulator`. */
  name: string;
  set(state: LinkState): void;
  reset(): void;
}

/** Every link of a stack. Each copy of a process has its own. */
export interface Links {
  readonly all: readonly Link[];
  /** Tells an app where its neighbours are: at the near end of its links. */
  envOf(app: AppName, copy: number, urls: { databaseUrl: string; redisUrl: string }): Record<string, string>;
  leadTo(end: LinkEnd, port: number): void;
  /** For the receiver's address, as merchants name it. */
  receiverPort(): number;
  openAll(): void;
  close(): Promise<void>;
}

const ENDS: Partial<Record<AppName, readonly LinkEnd[]>> = {
  api: ["postgres", "redis"],
  relay: ["postgres", "redis"],
  charger: ["postgres", "redis", "simulator"],
  notifier: ["postgres", "redis"],
  ops: ["postgres", "redis"],
  simulator: ["api"],
};

/** @param ports those that are known already; `leadTo` tells the others */
export async function createLinks(
  counts: Record<AppName, number>,
  ports: Partial<Record<LinkEnd, number>>,
): Promise<Links> {
  const proxies = new Map<string, TcpProxy>();
  const add = async (from: string, end: LinkEnd) => {
    const proxy = await startTcpProxy();
    proxies.set(`${from}:${end}`, proxy);
    const port = ports[end];
    if (port !== undefined) proxy.leadTo(port);
  };
  for (const [app, ends] of Object.entries(ENDS))
    for (let copy = 0; copy < counts[app as AppName]; copy++)
      for (const end of ends) await add(nameOf(app as AppName, copy), end);
  // All notifiers share one: the receiver's address is the merchant's to say.
  await add("notifier", "receiver");

  const portOf = (name: string) => String(proxies.get(name)?.port ?? "");
  const through = (url: string, name: string) => Object.assign(new URL(url), { port: portOf(name) }).href;
  return {
    all: [...proxies].map(([name, proxy]) => ({ name, set: proxy.set, reset: proxy.reset })),
    envOf(app, copy, { databaseUrl, redisUrl }) {
      const name = nameOf(app, copy);
      if (app === "simulator")
        return { SIMULATOR_WEBHOOK_URL: `http://127.0.0.1:${portOf(`${name}:api`)}/v1/provider-webhooks/stripe` };
      return {
        DATABASE_URL: through(databaseUrl, `${name}:postgres`),
        REDIS_URL: through(redisUrl, `${name}:redis`),
        ...(app === "charger" && { STRIPE_API_BASE: `http://127.0.0.1:${portOf(`${name}:simulator`)}` }),
      };
    },
    leadTo(end, port) {
      for (const [name, proxy] of proxies) if (name.endsWith(`:${end}`)) proxy.leadTo(port);
    },
    receiverPort: () => Number(portOf("notifier:receiver")),
    openAll() {
      for (const proxy of proxies.values()) proxy.set({ kind: "open" });
    },
    async close() {
      await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
    },
  };
}

function nameOf(app: AppName, copy: number): string {
  return `${app}-${copy + 1}`;
}
