import {
  canRefundTransition,
  canTransition,
  PAYMENT_STATES,
  type PaymentState,
  type RefundState,
} from "@payonce/domain";
import type { Facts, TimelineFact } from "./facts.ts";
import { groupBy } from "./group-by.ts";
import type { Invariant, Violation } from "./invariant.ts";

const STATES: ReadonlySet<string> = new Set(PAYMENT_STATES);

export const timelinesFollowTheTable: Invariant = {
  id: "11",
  says: "a payment's timeline is a path of the state table that ends where the payment is, and so is each refund's",
  holds: "always",
  find(facts) {
    const timelines = groupBy(facts.timeline, ({ paymentId }) => paymentId);
    const refundTimelines = groupBy(
      facts.timeline.filter(({ refundId }) => refundId !== null),
      ({ refundId }) => refundId,
    );
    return [
      ...facts.payments.flatMap((payment) => checkPayment(payment, timelines.get(payment.id) ?? [])),
      ...facts.refunds.flatMap((refund) => checkRefund(refund, refundTimelines.get(refund.id) ?? [])),
    ];
  },
};

function checkPayment({ id, status, version }: Facts["payments"][number], timeline: TimelineFact[]): Violation[] {
  const violation = (what: string) => [{ paymentId: id, what }];
  const versions = new Set(timeline.map((row) => row.version));
  // Every change writes its row in its own statement, so none is missing.
  if (versions.size !== version || !versions.has(1) || !versions.has(version))
    return violation(`is at version ${version}, and its timeline tells of ${versions.size}`);
  const path = timeline.filter(({ kind }) => STATES.has(kind)).map(({ kind }) => kind as PaymentState);
  const wrong = findWrongStep(path, "queued", canTransition);
  if (wrong) return violation(`went ${wrong}`);
  return path.at(-1) === status ? [] : violation(`is ${status}, and its timeline ends with ${path.at(-1)}`);
}

function checkRefund({ id, paymentId, status }: Facts["refunds"][number], timeline: TimelineFact[]): Violation[] {
  const path = timeline.map(({ kind }) => refundStateOf(kind));
  const wrong = findWrongStep(path, "queued", canRefundTransition);
  if (wrong) return [{ paymentId, what: `its refund ${id} went ${wrong}` }];
  const last = path.at(-1);
  return last === status
    ? []
    : [{ paymentId, what: `its refund ${id} is ${status}, and the timeline ends with ${last}` }];
}

function findWrongStep<State extends string>(
  path: readonly State[],
  start: State,
  allows: (from: State, to: State) => boolean,
): string | null {
  if (path[0] !== start) return `from nothing to ${path[0] ?? "nowhere"}`;
  const at = path.findIndex((state, i) => i > 0 && !allows(path[i - 1] as State, state));
  return at === -1 ? null : `from ${path[at - 1]} to ${path[at]}`;
}

/** The two kinds that are not called as their state is. */
function refundStateOf(kind: string): RefundState {
  if (kind === "refund_requested") return "queued";
  if (kind === "refund_started") return "refunding";
  return kind.replace(/^refund_/, "") as RefundState;
}
