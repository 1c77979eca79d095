import { canonicalJson } from "@payonce/domain";
import type { ClientRequest } from "../storm/client-log.ts";
import { groupBy } from "./group-by.ts";
import type { Invariant, Violation } from "./invariant.ts";

/** A double click is one payment, and a key that is used for something else is refused. */
export const oneKeyOnePayment: Invariant = {
  id: "5",
  says: "one key and body is one payment (or refund); another body under the key is refused and leaves no row",
  holds: "always",
  find({ requests, payments, refunds }) {
    const rows = [
      ...payments.map(({ id, merchantId, idempotencyKey }) => ({ id, at: `pay ${merchantId} ${idempotencyKey}` })),
      ...refunds.map(({ id, idempotencyKey }) => ({ id, at: `refund ${idempotencyKey}` })),
    ];
    const doubled = [...groupBy(rows, ({ at }) => at)]
      .filter(([, same]) => same.length > 1)
      .map(([at, same]) => ({ paymentId: same[0]?.id ?? null, what: `${same.length} rows under one key (${at})` }));
    const keyed = requests.filter(
      ({ call, idempotencyKey }) => idempotencyKey && (call === "pay" || call === "refund"),
    );
    const byKey = groupBy(keyed, ({ call, merchantId, idempotencyKey }) => `${call} ${merchantId} ${idempotencyKey}`);
    return [...doubled, ...[...byKey.values()].flatMap(findDisagreement)];
  },
};

function findDisagreement(requests: ClientRequest[]): Violation[] {
  const accepted = requests.filter(({ status }) => status === 202);
  const ids = new Set(accepted.map(({ answer }) => String(answer?.id)));
  const bodies = new Set(accepted.map(({ url, body }) => `${pathOf(url)} ${canonicalJson(body)}`));
  const [paymentId = null] = ids;
  if (ids.size > 1) return [{ paymentId, what: `one key was answered with ${[...ids].join(" and ")}` }];
  if (bodies.size > 1) return [{ paymentId, what: "one key was answered 202 for two different requests" }];
  const [body] = bodies;
  return requests
    .filter((request) => request.status === 422 && `${pathOf(request.url)} ${canonicalJson(request.body)}` === body)
    .map(() => ({ paymentId, what: "the request that made it was refused as another request when it came again" }));
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}
