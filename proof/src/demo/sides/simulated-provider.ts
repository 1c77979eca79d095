import { join } from "node:path";
import { apps, findFreePort, repositoryRoot, supervise, untilReady } from "@payonce/stack";
import { openProviderLine } from "../provider-line.ts";
import type { StoryLog } from "../story-log.ts";
import { answersOk } from "./answers-ok.ts";
import { type ChargesSoFar, lateAnswerMs, type SideOptions } from "./side.ts";

/** A charge as the simulator's ledger has it. */
export interface SimulatedCharge {
  payment_intent: string;
  payment_id: string | null;
  amount: number;
}

export interface SimulatedProvider {
  /** Where the service finds it, behind its line. */
  url: string;
  ledger(): Promise<SimulatedCharge[]>;
  chargesSoFar(): Promise<ChargesSoFar>;
}

/** A provider of a side's own: the same simulator, the same line before it, the same weather for the same orders. */
export async function startSimulatedProvider(
  log: StoryLog,
  { home, plan, providerTimeoutMs, signal, releases }: SideOptions,
  watchPid: (name: string, pid: number | undefined) => void,
): Promise<SimulatedProvider> {
  const port = await findFreePort();
  const app = apps.find(({ name }) => name === "simulator");
  if (app === undefined) throw new Error("there is no simulator to start");
  const simulator = supervise({
    name: "simulator",
    command: process.execPath,
    args: [app.main],
    cwd: repositoryRoot,
    logsDir: join(home, "logs"),
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      HOST: "127.0.0.1",
      LOG_LEVEL: "warn",
      SIMULATOR_DATA_DIR: join(home, "simulator"),
    },
    onPid: (pid) => watchPid("simulator", pid),
  });
  releases.push(() => simulator.stop());
  const url = `http://127.0.0.1:${port}`;
  const isUp = () => answersOk(`${url}/healthz`);
  await untilReady(simulator, isUp, { timeoutMs: 60_000, signal });

  const weatherOf = new Map(plan.checkouts.map(({ order, weather }) => [order, weather]));
  const line = await openProviderLine({
    simulatorUrl: url,
    weatherOf: (order) => weatherOf.get(order) ?? "fine",
    lateAnswerMs: lateAnswerMs(providerTimeoutMs),
    tell: log.add,
  });
  releases.push(line.close);

  const ledger = async () => {
    const answer = await fetch(`${url}/_sim/ledger`, { signal: AbortSignal.timeout(10_000) });
    return ((await answer.json()) as { charges: SimulatedCharge[] }).charges;
  };
  return { url: line.url, ledger, chargesSoFar: async () => addUp(await ledger()) };
}

function addUp(ledger: readonly SimulatedCharge[]): ChargesSoFar {
  const counts = new Map<string | null, number>();
  let surplusMinor = 0;
  for (const { payment_id, amount } of ledger) {
    const count = (counts.get(payment_id) ?? 0) + 1;
    counts.set(payment_id, count);
    if (count > 1) surplusMinor += amount;
  }
  const chargedTwice = [...counts.values()].filter((count) => count > 1).length;
  return { charges: ledger.length, chargedTwice, surplusMinor };
}
