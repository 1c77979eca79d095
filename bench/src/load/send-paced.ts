import { percentile } from "../measure/statistics.ts";
import type { LoadOrder, LoadReport } from "./load-order.ts";
import { createPaymentRequests } from "./payment-request.ts";
import { openPlainConnection, type PlainConnection } from "./plain-connection.ts";

const tickMs = 2;
const answerTimeoutMs = 30_000;

/**
 * Sends at a rate, whatever the answers do (an open loop), evenly spread: autocannon's rates send each second's requests at
 * once at its beginning, which would be a test of small bursts.
 */
export async function sendPaced(order: LoadOrder & { kind: "paced" }): Promise<LoadReport> {
  const { target, keyPrefix, ratePerSecond, seconds, maxConnections, opensFirst = false } = order;
  const { hostname, host, port } = new URL(target.url);
  const requests = createPaymentRequests({ host, secretKey: target.secretKey, keyPrefix });
  const report: LoadReport = {
    answers: {},
    errors: {},
    unsent: 0,
    silentRefusals: 0,
    durationMs: 0,
    latencyMs: { p50: 0, p99: 0 },
  };
  const latenciesMs: number[] = [];
  const openOne = () => openPlainConnection(hostname, Number(port), answerTimeoutMs);
  const idle: PlainConnection[] = opensFirst ? await openAll(maxConnections, openOne, host) : [];
  let open = 0;
  const underWay = new Set<Promise<void>>();

  async function sendOne(): Promise<void> {
    const connection = idle.pop() ?? openOne();
    const sentAtMs = performance.now();
    const answer = await connection.send(requests.bytes());
    open -= 1;
    if (typeof answer === "string") {
      report.errors[answer] = (report.errors[answer] ?? 0) + 1;
      return connection.close();
    }
    idle.push(connection);
    latenciesMs.push(performance.now() - sentAtMs);
    report.answers[answer.status] = (report.answers[answer.status] ?? 0) + 1;
    if (answer.status === 503 && !answer.hasRetryAfter) report.silentRefusals += 1;
  }

  const startedAtMs = performance.now();
  const total = Math.round(ratePerSecond * seconds);
  await new Promise<void>((resolve) => {
    let due = 0;
    const timer = setInterval(() => {
      const wanted = Math.min(total, Math.floor(((performance.now() - startedAtMs) / 1_000) * ratePerSecond));
      for (; due < wanted; due++) {
        if (open >= maxConnections) {
          report.unsent += 1;
          continue;
        }
        open += 1;
        const sending: Promise<void> = sendOne().finally(() => underWay.delete(sending));
        underWay.add(sending);
      }
      if (due < total) return;
      clearInterval(timer);
      resolve();
    }, tickMs);
  });
  await Promise.all(underWay);
  report.durationMs = performance.now() - startedAtMs;
  report.latencyMs = { p50: percentile(latenciesMs, 0.5), p99: percentile(latenciesMs, 0.99) };
  for (const connection of idle) connection.close();
  return report;
}

const openedAtOnce = 50;

/** A connection is known to the server once it has answered on it. */
async function openAll(count: number, openOne: () => PlainConnection, host: string): Promise<PlainConnection[]> {
  const open: PlainConnection[] = [];
  while (open.length < count) {
    const some = Array.from({ length: Math.min(openedAtOnce, count - open.length) }, openOne);
    await Promise.all(some.map((one) => one.send(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`)));
    open.push(...some);
  }
  return open;
}
