import { relative } from "node:path";
import { shortTimings } from "./apps.ts";
import type { FirstPayment } from "./first-payment.ts";
import { type StackInfo, stackFilePath } from "./stack-file.ts";
import { logsDir } from "./stack-home.ts";

/** The way of the first payment, a line per step. */
export function describeFirstPayment({ id, status, timeline, charges }: FirstPayment): string {
  const width = Math.max(...timeline.map(({ kind }) => kind.length));
  const steps = timeline.map(({ kind, afterMs }) => {
    return `    ${kind.replaceAll("_", " ").padEnd(width)}${`+${Math.round(afterMs)} ms`.padStart(11)}`;
  });
  const ledger = charges.map(
    (charge) => `${(charge.amount / 100).toFixed(2)} ${charge.currency.toUpperCase()} by ${charge.payment_intent}`,
  );
  const outcome =
    status === "succeeded"
      ? "A first payment of 42.00 EUR went through"
      : `A first payment is ${status}; its log may say why`;
  const count = charges.length === 1 ? "one charge" : `${charges.length} charges`;
  return [
    `  ${outcome} (${id}):`,
    ...steps,
    `    The provider's ledger has ${[`${count} for it`, ...ledger].join(": ")}`,
  ].join("\n");
}

/** What to click and what to curl. */
export function describeStack(info: StackInfo, home: string, isFirstStart: boolean): string {
  const shown = (path: string) => relative(process.cwd(), path) || ".";
  const key = `try-${Date.now().toString(36)}`;
  const { username, password } = info.operator;
  const signIn = isFirstStart
    ? `sign in as ${username} with ${password} (shown once)`
    : `sign in as ${username}; the password is in ${shown(stackFilePath(home))}`;
  const seconds = (ms: number) => `${ms / 1000} s`;
  return `
  Checkout     ${info.checkoutUrl}   click here first: a demo shop. Click Pay as often as you like

  API          ${info.apiUrl}   guide and reference: ${info.apiUrl}/docs
  Operators    ${info.opsUrl}   ${signIn}
  Simulator    ${info.simulatorUrl}   the provider; its ledger: ${info.simulatorUrl}/_sim/ledger
  Secret key   ${info.secretKey}

  Take a payment. Send it twice: it is charged once.
${curlPayment(info, `${key}-1`, "pm_card_visa")}

  A charge whose answer gets lost: the money moves, nobody hears of it. Watch it heal.
${curlPayment(info, `${key}-2`, "pm_sim_timeout_charged")}
    curl -s '${info.apiUrl}/v1/payments?limit=1' -H 'Authorization: Bearer ${info.secretKey}'

  Short timings, so that faults heal while you watch: provider timeout ${seconds(shortTimings.providerTimeoutMs)}, retries from ${seconds(shortTimings.retryWaitsMs[0] ?? 0)}, sweep every ${seconds(shortTimings.sweepIntervalMs)}
  Kill anything: it comes back. Pids, urls and keys are in ${shown(stackFilePath(home))}, logs in ${shown(logsDir(home))}/
  Ctrl-C stops everything and keeps the data; \`npm run reset\` forgets it.`;
}

function curlPayment(info: StackInfo, idempotencyKey: string, paymentMethod: string): string {
  const body = JSON.stringify({ amount: 1999, currency: "eur", payment_method: paymentMethod });
  return [
    `    curl -s ${info.apiUrl}/v1/payments -H 'Authorization: Bearer ${info.secretKey}' \\`,
    `      -H 'Idempotency-Key: ${idempotencyKey}' -H 'Content-Type: application/json' \\`,
    `      -d '${body}'`,
  ].join("\n");
}
