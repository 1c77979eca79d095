import autocannon from "autocannon";
import type { LoadOrder, LoadReport } from "./load-order.ts";
import { createPaymentRequests } from "./payment-request.ts";

/** Each connection sends its next request when the last one is answered: as much as the service can take. */
export async function sendClosed(order: LoadOrder & { kind: "closed" }): Promise<LoadReport> {
  const { target, keyPrefix, connections } = order;
  const requests = createPaymentRequests({ host: new URL(target.url).host, secretKey: target.secretKey, keyPrefix });
  let silentRefusals = 0;
  const result = await autocannon({
    url: target.url,
    connections,
    ...("amount" in order ? { amount: order.amount } : { duration: order.seconds }),
    requests: [
      {
        method: "POST",
        path: "/v1/payments",
        setupRequest: (request) => ({ ...request, ...requests.parts() }),
        onResponse(status, _body, _context, headers) {
          if (status === 503 && !hasRetryAfter(headers)) silentRefusals += 1;
        },
      },
    ],
  });
  const statuses = (result as { statusCodeStats?: Record<string, { count?: number }> }).statusCodeStats ?? {};
  return {
    answers: Object.fromEntries(Object.entries(statuses).map(([status, { count = 0 }]) => [status, count])),
    errors: { timeout: result.timeouts, broken: result.errors - result.timeouts },
    unsent: 0,
    silentRefusals,
    durationMs: result.finish.getTime() - result.start.getTime(),
    latencyMs: { p50: result.latency.p50, p99: result.latency.p99 },
  };
}

function hasRetryAfter(headers: object | undefined): boolean {
  return Object.keys(headers ?? {}).some((name) => name.toLowerCase() === "retry-after");
}
