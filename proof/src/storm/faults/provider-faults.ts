import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "./fault.ts";

const MODES = [
  { mode: "down" },
  { mode: "rate_limited" },
  { mode: "unauthorized" },
  { mode: "reset" },
  { mode: "reset", executes: true },
  { mode: "hang" },
  { mode: "hang", executes: true },
  { mode: "slow", delay_ms: 600 },
  { mode: "slow", delay_ms: 1_500 },
] as const;

export const providerFaults: readonly Fault[] = [
  {
    name: "provider-outage",
    group: "provider",
    about: "the whole provider is down, slow, or takes the money and does not say so",
    async strike({ stack, hold }, random) {
      const [mode, ms] = [random.pick(MODES), random.between(300, 4_000)];
      const { simulatorUrl } = stack.info;
      if (!(await control(simulatorUrl, "POST", "/mode", mode))) return null;
      await hold(ms);
      await control(simulatorUrl, "POST", "/mode", { mode: "up" });
      return `${JSON.stringify(mode)} for ${ms} ms`;
    },
  },
  {
    name: "provider-flaky",
    group: "provider",
    about: "a share of all requests fails in all ways there are",
    async strike({ stack, hold }, random) {
      const [seed, share, ms] = [random.between(1, 1e6), random.pick([0.1, 0.3, 0.6]), random.between(1_000, 6_000)];
      const windows = [{ after_ms: 0, for_ms: ms, mode: "flaky", share }];
      if (!(await control(stack.info.simulatorUrl, "POST", "/outages", { seed, windows }))) return null;
      await hold(ms);
      return `${share} of all for ${ms} ms`;
    },
  },
  {
    name: "provider-429",
    group: "provider",
    about: "a storm of 429s",
    async strike({ stack, hold }, random) {
      const ms = random.between(500, 3_000);
      const windows = [{ after_ms: 0, for_ms: ms, mode: "rate_limited", share: 0.8 }];
      if (!(await control(stack.info.simulatorUrl, "POST", "/outages", { seed: 1, windows }))) return null;
      await hold(ms);
      return `for ${ms} ms`;
    },
  },
  {
    name: "provider-forgets-keys",
    group: "provider",
    about:
      "the provider forgets the idempotency keys of PaymentIntents. (Not those of refunds: within a day it must not.)",
    strike: async ({ stack }) =>
      (await control(stack.info.simulatorUrl, "POST", "/prune-keys?of=payment_intents"))
        ? "those of PaymentIntents"
        : null,
  },
  {
    name: "provider-refunds",
    group: "provider",
    about: "the next refunds misbehave, whatever the card",
    async strike({ stack }, random) {
      // Not forgetting what it did, as a provider does not within a refund's life of seconds. What comes late is the worst:
      // nothing but a key that is kept withstands it.
      const others = ["500_executed", "500_stored", "timeout_executed", "reset_executed", "429"];
      const fault = random.pick(["late", "late", "late", ...others]);
      const body = { fault, times: random.between(1, 5) };
      return (await control(stack.info.simulatorUrl, "POST", "/refund-faults", body)) ? JSON.stringify(body) : null;
    },
  },
];

/** @returns whether the simulator has heard it; it may itself be dead or stopped */
export async function control(
  simulatorUrl: string,
  method: "POST" | "DELETE",
  path: string,
  body: object = {},
  tries = 3,
): Promise<boolean> {
  for (let i = 0; i < tries; i++) {
    try {
      const response = await fetch(`${simulatorUrl}/_sim${path}`, {
        method,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(1_500),
      });
      await response.body?.cancel();
      if (response.ok) return true;
    } catch {
      // It may be on its way up.
    }
    await delay(200);
  }
  return false;
}
