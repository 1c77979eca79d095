import { setTimeout as delay } from "node:timers/promises";
import type { ClientLog } from "./client-log.ts";
import type { Random } from "./random.ts";
import type { StormStack, Tenant } from "./storm-stack.ts";
import type { PlannedVisit } from "./traffic/plan-traffic.ts";
import { createShop } from "./traffic/shop.ts";

export interface Traffic {
  /** Resolves once every visitor has left. */
  readonly done: Promise<unknown>;
}

/** Lets the visitors come at their time; each goes its own way. */
export function runTraffic(
  plan: readonly PlannedVisit[],
  { stack, log, random, closing }: { stack: StormStack; log: ClientLog; random: Random; closing: AbortSignal },
): Traffic {
  const startedAt = Date.now();
  const visits = plan.map(async ({ name, atMs, kind, tenant }) => {
    await delay(startedAt + atMs - Date.now(), undefined, { signal: closing }).catch(() => {});
    if (closing.aborted) return;
    const own = random.fork(name);
    const shop = createShop({
      visit: name,
      tenant: stack.tenants[tenant] as Tenant,
      apiUrls: stack.info.apiUrls,
      log,
      random: own.fork("shop"),
      closing,
    });
    await kind.go({ shop, random: own, stack });
  });
  return { done: Promise.all(visits) };
}
