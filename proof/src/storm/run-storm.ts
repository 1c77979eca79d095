import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { AppName } from "@payonce/stack";
import { checkInvariants, type Finding } from "../invariants/check-invariants.ts";
import type { Facts } from "../invariants/facts.ts";
import { askAgain } from "./ask-again.ts";
import { awaitQuiet } from "./await-quiet.ts";
import { type ClientLog, openClientLog } from "./client-log.ts";
import type { Arena, Fault } from "./faults/fault.ts";
import { findLeaks } from "./find-leaks.ts";
import { heal } from "./heal.ts";
import { createObserver } from "./observe.ts";
import { planFaults } from "./plan-faults.ts";
import { createRandom } from "./random.ts";
import { runFaults, type Struck } from "./run-faults.ts";
import { runTraffic } from "./run-traffic.ts";
import { setUpMerchants } from "./set-up-merchants.ts";
import { type Counts, startStormStack } from "./storm-stack.ts";
import { createOperator } from "./traffic/operator.ts";
import { planTraffic } from "./traffic/plan-traffic.ts";
import type { VisitKind } from "./traffic/visit.ts";
import { watchSafety } from "./watch.ts";

export interface StormOptions {
  seed: string;
  seconds: number;
  faults: readonly Fault[];
  /** Visitors a second; each sends several requests. */
  ratePerSecond: number;
  counts: Counts;
  /** For the storm's own stack, and its logs. */
  home: string;
  /** T: so long after the faults are over everything may take to come to rest. */
  quietLimitMs: number;
  env?: Partial<Record<AppName, Record<string, string>>>;
  /** Who may come; everybody where not said. */
  visitKinds?: readonly VisitKind[];
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
}

export interface StormResult {
  findings: Finding[];
  /** As they were when the first was found, or at the end. */
  facts: Facts;
  struck: readonly Struck[];
  deaths: ReadonlyMap<string, number>;
  /** From the end of the faults until nothing moved any more; null where a violation ended the storm before. */
  restedAfterMs: number | null;
  /** Clients that had to ask again at the end. */
  askedAgain: number;
}

/**
 * One storm: a stack of its own, seeded traffic and faults, healing, rest, and a look at everything. The plan of traffic and
 * faults follows from the seed; when a process gets its turn on the machine does not, so neither does what comes of it.
 *
 * @throws when the system could not be started, or healed
 */
export async function runStorm(options: StormOptions): Promise<StormResult> {
  const { home, counts, env, log, signal } = options;
  const stack = await startStormStack({ home, counts, log: () => {}, signal, ...(env && { env }) });
  const clientLog = openClientLog(join(home, "client-log.jsonl"));
  try {
    await setUpMerchants(stack);
    log(`a stack runs in ${home}`);
    return await blow(options, { stack, clientLog });
  } finally {
    await stack.stop();
    clientLog.close();
  }
}

async function blow(
  { seed, seconds, faults, ratePerSecond, quietLimitMs, visitKinds, log, signal }: StormOptions,
  { stack, clientLog }: { stack: Arena["stack"]; clientLog: ClientLog },
): Promise<StormResult> {
  const random = createRandom(seed);
  const visits = planTraffic(random.fork("traffic"), {
    seconds,
    ratePerSecond,
    tenants: stack.tenants.length,
    ...(visitKinds && { kinds: visitKinds }),
  });
  const strikes = planFaults(random.fork("faults"), faults, seconds);
  log(`${visits.length} visitors and ${strikes.length} faults in ${seconds} s`);

  const observer = createObserver(stack, clientLog);
  const [over, caught] = [new AbortController(), new AbortController()];
  const closing = AbortSignal.any([over.signal, caught.signal, ...(signal ? [signal] : [])]);
  // Every visitor listens.
  setMaxListeners(0, closing);
  const operator = createOperator(stack, clientLog, random.fork("operator"));
  const watching = watchSafety(observer, closing).then((found) => {
    if (found) caught.abort();
    return found;
  });
  const traffic = runTraffic(visits, { stack, log: clientLog, random: random.fork("visits"), closing });
  const faultRun = runFaults(strikes, { stack, random: random.fork("strikes"), over: closing, log });
  const operating = operator.work(closing);

  await delay(seconds * 1_000, undefined, { signal: closing }).catch(() => {});
  over.abort();
  const struck = await faultRun;
  await Promise.all([traffic.done, operating]);
  const rest = { struck, deaths: stack.deaths };
  const found = await watching;
  signal?.throwIfAborted();
  if (found) return { ...found, ...rest, restedAfterMs: null, askedAgain: 0 };

  log("the storm is over; healing");
  await heal(stack);
  const healedAt = Date.now();
  // A person does what a person would, between two rests.
  await awaitQuiet(observer, quietLimitMs, log);
  const askedAgain = await askAgain(stack, clientLog);
  await operator.clearUp();
  const atRest = await awaitQuiet(observer, quietLimitMs - (Date.now() - healedAt), log);
  const restedAfterMs = Date.now() - healedAt;
  const facts = { ...atRest, leaks: await findLeaks(stack, clientLog.requests) };
  return { findings: checkInvariants(facts, "at_rest"), facts, ...rest, restedAfterMs, askedAgain };
}
