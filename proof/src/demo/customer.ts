import { setTimeout as delay } from "node:timers/promises";
import type { CustomerEnd } from "./judge.ts";
import type { PlannedCheckout } from "./plan.ts";
import type { Said, Side } from "./sides/side.ts";

/** After so many times "failed" even a patient customer gives up. */
const patience = 5;
/** Somebody whom nobody answers tries for so long. */
const stubbornMs = 45_000;

/**
 * One customer, the same at both services: presses Pay, some of them twice; presses again after a failure, unless they are
 * of those who leave then; and tries on while there is no answer at all.
 */
export async function buy(side: Side, checkout: PlannedCheckout, signal: AbortSignal): Promise<CustomerEnd> {
  const { order, secondClickMs, retryMs, leaves } = checkout;
  const deadlineMs = Date.now() + stubbornMs;
  const clicks = [side.pay(checkout)];
  if (secondClickMs !== null) clicks.push(delay(secondClickMs).then(() => side.pay(checkout)));
  let told = bestOf(await Promise.all(clicks));
  let failures = 0;
  while (told !== "paid" && Date.now() < deadlineMs) {
    if (told === "failed") failures++;
    if (failures > 0 && (leaves || failures === patience)) break;
    await delay(retryMs, undefined, { signal });
    told = await side.pay(checkout);
  }
  if (told !== "paid") side.log.add({ order, from: "customer", to: "customer", text: "leaves" });
  return { order, told, accepted: side.hasAccepted(order) };
}

/** What a page shows that has sent two requests. */
function bestOf(answers: readonly Said[]): Said {
  return (["paid", "failed", "nothing"] as const).find((said) => answers.includes(said)) ?? "nothing";
}
