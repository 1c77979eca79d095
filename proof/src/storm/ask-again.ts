import { groupBy } from "../invariants/group-by.ts";
import type { ClientLog, ClientRequest } from "./client-log.ts";
import type { StormStack } from "./storm-stack.ts";
import { SHOP_ORIGIN } from "./traffic/from-a-page.ts";

/**
 * Rule 17: whoever saw no answer sends the same request once more, to a system that is well.
 *
 * @returns how many there were
 */
export async function askAgain(stack: StormStack, log: ClientLog): Promise<number> {
  const keyed = log.requests.filter(
    ({ call, idempotencyKey }) => idempotencyKey && (call === "pay" || call === "refund"),
  );
  const same = ({ call, merchantId, idempotencyKey, body }: ClientRequest) =>
    `${call} ${merchantId} ${idempotencyKey} ${JSON.stringify(body)}`;
  const unanswered = [...groupBy(keyed, same).values()].filter(
    (requests) => !requests.some(({ status }) => status !== null && status < 500 && status !== 429),
  );
  for (const [request] of unanswered) if (request) await repeat(stack, log, request);
  return unanswered.length;
}

async function repeat(stack: StormStack, log: ClientLog, request: ClientRequest): Promise<void> {
  const { visit, call, merchantId, idempotencyKey, body } = request;
  const tenant = stack.tenants.find((one) => one.merchantId === merchantId);
  const url = `${stack.info.apiUrl}${new URL(request.url).pathname}`;
  const n = log.sent({ visit, call, merchantId, url, idempotencyKey, body, clientSecret: request.clientSecret });
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${request.clientSecret ? tenant?.publishableKey : tenant?.secretKey}`,
        "content-type": "application/json",
        "idempotency-key": idempotencyKey ?? "",
        ...(request.clientSecret && { origin: SHOP_ORIGIN, "payonce-client-secret": request.clientSecret }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    log.answered(n, response.status, (await response.json()) as Record<string, unknown>);
  } catch (error) {
    log.gaveUp(n, (error as Error).name);
  }
}
