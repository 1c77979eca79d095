import { setTimeout as delay } from "node:timers/promises";
import { buy } from "./customer.ts";
import { type CustomerEnd, type Judgement, judge } from "./judge.ts";
import type { Plan } from "./plan.ts";
import type { ChargesSoFar, Side } from "./sides/side.ts";
import type { Crash, StoryEvent } from "./story-log.ts";

/** What a side looks like while it runs. */
export interface SideProgress {
  name: string;
  /** Customers who have finished, one way or the other. */
  done: number;
  soFar: ChargesSoFar;
  crashes: number;
  isSettled: boolean;
}

export interface SideResult {
  name: string;
  judgement: Judgement;
  ends: CustomerEnd[];
  crashes: Crash[];
  events: StoryEvent[];
}

export interface SideRun {
  progress(): Promise<SideProgress>;
  result: Promise<SideResult>;
}

/** Lets the planned customers come and the planned crashes happen, waits until nothing moves, and asks the judge. */
export function runSide(side: Side, plan: Plan, signal: AbortSignal): SideRun {
  const ends: CustomerEnd[] = [];
  const crashes: Crash[] = [];
  let isSettled = false;
  let killed = 0;
  let soFar: ChargesSoFar = { charges: 0, chargedTwice: 0, surplusMinor: 0 };
  side.log.begin();

  const serve = async () => {
    const customers = plan.checkouts.map(async (checkout) => {
      await delay(checkout.startMs, undefined, { signal });
      ends.push(await buy(side, checkout, signal));
    });
    const disasters = plan.crashesMs.map(async (crashMs) => {
      await delay(crashMs, undefined, { signal });
      const atMs = side.log.nowMs();
      killed++;
      await side.crash();
      crashes.push({ atMs, backAtMs: side.log.nowMs() });
    });
    await Promise.all([...customers, ...disasters]);
    await side.settle();
    isSettled = true;
    await side.tellRows();
    const books = { charges: await side.charges(), records: await side.records(), ends };
    return { name: side.name, judgement: judge(plan.checkouts, books), ends, crashes, events: side.log.events() };
  };
  return {
    async progress() {
      // It may have just been stopped.
      soFar = await side.chargesSoFar().catch(() => soFar);
      return {
        name: side.name,
        done: ends.length,
        soFar,
        crashes: killed,
        isSettled,
      };
    },
    result: serve(),
  };
}
