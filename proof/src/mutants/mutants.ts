import type { Mutant } from "./mutant.ts";

/** Fast enough a life that a lease ends within a short storm. */
const IMPATIENT = ["--set", "charger.PROVIDER_TIMEOUT_MS=250", "--set", "charger.REFUND_QUIET_MS=3000"];

/**
 * Where two things would have to fail before money is lost, both are broken: a single one is caught by the other, and nothing
 * is to be seen. The constraints of the database are such a second thing, so some of these take one away.
 */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "accept-without-outbox",
    breaks: "a payment and the outbox row that gets it charged are one statement",
    seenBy: ["6"],
    edits: [
      {
        file: "packages/db/src/accept.ts",
        find: "SELECT 'accepted', id, version, dispatch FROM ins",
        replace: "SELECT 'accepted', id, version, dispatch FROM ins WHERE version <> 1",
      },
    ],
    storm: ["--faults", "none", "--visits", "pay"],
  },
  {
    name: "replay-by-key-alone",
    breaks: "a used key with another body is refused",
    seenBy: ["4", "5"],
    edits: [
      {
        file: "packages/db/src/accept.ts",
        find: "row.request_hash === requestHash ?",
        replace: "row.request_hash !== requestHash || true ?",
      },
    ],
    storm: ["--faults", "none", "--visits", "other-body"],
  },
  {
    name: "no-order-guard",
    breaks: "an order has one live or succeeded payment",
    seenBy: ["5a"],
    edits: [
      {
        file: "prisma/migrations/20261122000000_init/migration.sql",
        find: "CREATE UNIQUE INDEX payments_one_per_order",
        replace: "CREATE INDEX payments_one_per_order",
      },
    ],
    storm: ["--faults", "none", "--visits", "two-tabs"],
  },
  {
    name: "claim-without-attempt",
    breaks: "an attempt is announced before anything is sent",
    seenBy: ["8"],
    edits: [
      {
        file: "packages/db/src/claim.ts",
        find: `SELECT "attemptId", id, attempts FROM u`,
        replace: `SELECT "attemptId", id, attempts FROM u WHERE attempts > 1`,
      },
    ],
    storm: ["--faults", "none", "--visits", "pay,double-click"],
  },
  {
    name: "claim-keeps-version",
    breaks: "every transition raises the version",
    seenBy: ["11"],
    edits: [
      {
        file: "packages/db/src/claim.ts",
        find: "SET status = 'charging', version = p.version + 1, attempts",
        replace: "SET status = 'charging', version = p.version, attempts",
      },
    ],
    storm: ["--faults", "none", "--visits", "pay,double-click"],
  },
  {
    name: "confirm-what-is-not-stored",
    breaks: "only the stored object is confirmed",
    seenBy: ["9"],
    edits: [
      {
        file: "packages/domain/src/next-step.ts",
        find: `return { do: "store", objectId: answer.payment.id, mayHaveCharged: false };`,
        replace: `return { do: "confirm", objectId: answer.payment.id };`,
      },
    ],
    storm: ["--faults", "none", "--visits", "pay"],
  },
  {
    name: "new-object-per-try",
    breaks: "what may have been charged is never charged through another object",
    seenBy: ["1", "9"],
    edits: [
      {
        file: "packages/domain/src/next-step.ts",
        find: "if (providerObjectId === null) return",
        replace: "if (providerObjectId === null || (outcomeUnknown && !isHinted)) return",
      },
      {
        file: "packages/domain/src/next-step.ts",
        find: "(payment.providerObjectId === null || object.id === payment.providerObjectId)",
        replace: "(payment.providerObjectId !== undefined || object.id === payment.providerObjectId)",
      },
      {
        file: "packages/db/src/store-provider-object.ts",
        find: "AND p.provider_object_id IS NULL",
        replace: "",
      },
      { file: "apps/charger/src/charge-payment.ts", find: "return tries <= 3 ?", replace: "return tries <= 1 ?" },
    ],
    storm: ["--faults", "none", "--visits", "pay", ...IMPATIENT],
  },
  {
    name: "timeout-is-a-failure",
    breaks: "a confirm without an answer leaves the outcome unknown",
    seenBy: ["2a"],
    edits: [
      {
        file: "packages/domain/src/next-step.ts",
        find: `    case "unknown":
    case "absent":
      return settle("unknown", codeOf(answer));`,
        replace: `    case "unknown":
    case "absent":
      return settle("not_executed", codeOf(answer));`,
      },
    ],
    storm: ["--faults", "none", "--visits", "pay"],
  },
  {
    name: "server-error-is-a-decline",
    breaks: "a 5xx leaves the outcome unknown",
    seenBy: ["2a"],
    edits: [
      {
        file: "packages/domain/src/next-step.ts",
        find: `    case "unknown":
    case "absent":
      return settle("unknown", codeOf(answer));`,
        replace: `    case "unknown":
    case "absent":
      return settle("declined", codeOf(answer));`,
      },
    ],
    storm: ["--faults", "none", "--visits", "pay"],
  },
  {
    name: "declined-without-cancel",
    breaks: "an object is closed before its payment is called declined",
    seenBy: ["10a"],
    edits: [
      {
        file: "packages/domain/src/next-step.ts",
        find: `return { do: "cancel", objectId, declineCode: answer.code };`,
        replace: `return settle("declined", answer.code + objectId.slice(0, 0));`,
      },
    ],
    storm: ["--faults", "none", "--visits", "pay"],
  },
  {
    name: "any-amount-will-do",
    breaks: "the provider's object is compared with what was asked for",
    seenBy: ["2", "13"],
    edits: [
      {
        file: "packages/domain/src/next-step.ts",
        find: "object.amountMinor === payment.amountMinor &&",
        replace: "object.amountMinor >= payment.amountMinor &&",
      },
    ],
    storm: ["--faults", "none", "--visits", "pay,cancel", "--rate", "25"],
  },
  {
    name: "settle-without-version",
    breaks: "who has lost its claim changes nothing",
    seenBy: ["11", "15", "10", "2a"],
    edits: [
      {
        file: "packages/db/src/settle.ts",
        find: "AND p.version = l.version AND p.status = 'charging'",
        replace: "AND p.version >= l.version",
      },
    ],
    // Many must be at work when one charger is stopped for longer than its lease.
    storm: [
      "--faults",
      "stop-charger,provider-outage",
      "--visits",
      "pay,double-click",
      "--rate",
      "20",
      "--set",
      "charger.PROVIDER_TIMEOUT_MS=400",
      "--set",
      "charger.BREAKER_FAILURES=10000",
      "--set",
      "charger.CHARGER_CONCURRENCY=60",
    ],
  },
  {
    name: "delete-before-publish",
    breaks: "an outbox row is deleted when it has been published, not before",
    seenBy: ["7"],
    edits: [
      {
        file: "packages/db/src/relay-batch.ts",
        find: `    const failed = rows.length > 0 ? await publish(rows) : NONE;
`,
        replace: `    await client.query("COMMIT; BEGIN");
    const failed = rows.length > 0 ? await publish(rows) : NONE;
`,
      },
    ],
    // The sweep would heal it, so it never finds anything: it also looks when a relay starts, as one does after each crash.
    storm: ["--faults", "crash-publish.before", "--visits", "pay", "--set", "relay.SWEEP_GRACE_MS=3600000"],
  },
  {
    name: "sweep-without-asking",
    breaks: "the sweep asks for the job before it makes another",
    seenBy: ["22"],
    edits: [
      {
        file: "apps/relay/src/sweep.ts",
        find: "return overdue.filter(({ id, dispatch }) => lost.has(chargeJobId({ paymentId: id, dispatch })));",
        replace:
          "return overdue.filter(({ id, dispatch }) => lost.has(chargeJobId({ paymentId: id, dispatch })) || id !== '');",
      },
    ],
    storm: ["--faults", "stop-all-chargers", "--visits", "pay", "--set", "relay.SWEEP_INTERVAL_MS=200"],
  },
  {
    name: "retry-forgets-the-unknown",
    breaks: "an operator's retry keeps an unknown outcome unknown",
    seenBy: ["10", "2a"],
    edits: [
      {
        file: "packages/db/src/operations/retry.ts",
        find: "UPDATE payments p SET status = CASE WHEN p.outcome_unknown THEN 'unknown' ELSE 'queued' END,",
        replace: "UPDATE payments p SET status = 'queued', outcome_unknown = false,",
      },
    ],
    storm: ["--faults", "none", "--visits", "pay,cancel", "--rate", "20"],
  },
  {
    name: "cancel-while-unknown",
    breaks: "what may have been charged cannot be canceled",
    seenBy: ["10", "2a"],
    edits: [
      {
        file: "packages/db/src/cancel.ts",
        find: "WHERE p.id = l.id AND p.status IN ('queued', 'retry_wait') AND NOT p.outcome_unknown AND NOT p.cancel_requested",
        replace: "WHERE p.id = l.id AND p.status IN ('queued', 'retry_wait', 'unknown') AND NOT p.cancel_requested",
      },
      {
        file: "packages/db/src/cancel.ts",
        find: "status = CASE WHEN p.provider_object_id IS NULL THEN 'canceled' ELSE p.status END,",
        replace: "status = 'canceled', outcome_unknown = false,",
      },
      {
        file: "packages/db/src/cancel.ts",
        find: "cancel_requested = p.provider_object_id IS NOT NULL,",
        replace: "cancel_requested = false,",
      },
      {
        file: "packages/db/src/cancel.ts",
        find: "next_action_at = CASE WHEN p.provider_object_id IS NOT NULL THEN clock_timestamp() END",
        replace: "next_action_at = NULL",
      },
    ],
    storm: ["--faults", "none", "--visits", "cancel", "--rate", "15"],
  },
  {
    name: "refunds-without-sum",
    breaks: "refunds that are asked for at once are counted under the payment's lock",
    seenBy: ["18"],
    edits: [
      {
        file: "packages/db/src/refunds/accept-refund.ts",
        find: "coalesce($6::bigint, left_minor) BETWEEN 1 AND left_minor",
        replace: "coalesce($6::bigint, left_minor) >= 1",
      },
      {
        file: "prisma/migrations/20261122190000_refunds/migration.sql",
        find: "AND refunded_minor <= refund_reserved_minor AND refund_reserved_minor <= amount_minor),",
        replace: "AND refunded_minor <= refund_reserved_minor),",
      },
    ],
    storm: ["--faults", "none", "--visits", "refund"],
  },
  {
    name: "refund-key-per-attempt",
    breaks: "a refund keeps its key as long as anything may come of it",
    seenBy: ["19"],
    edits: [
      {
        file: "packages/db/src/refunds/announce-refund.ts",
        find: "id || '-refund-' || key_number AS key",
        replace: "id || '-refund-' || $2::text AS key",
      },
    ],
    // What comes late must come after the next try.
    storm: [
      "--faults",
      "provider-refunds",
      "--visits",
      "refund",
      "--rate",
      "12",
      "--set",
      "simulator.SIMULATOR_SLOW_MS=1000",
      ...IMPATIENT,
    ],
  },
  {
    name: "webhook-error-is-a-delivery",
    breaks: "a webhook is delivered when its receiver says so",
    seenBy: ["21"],
    edits: [
      {
        file: "packages/domain/src/webhook-answer.ts",
        find: "if (status >= 200 && status < 300) return",
        replace: "if (status >= 200 && status < 600) return",
      },
    ],
    storm: ["--faults", "receiver-away", "--visits", "pay,double-click"],
  },
  {
    name: "card-numbers-let-through",
    breaks: "a card's number is refused, wherever it is",
    seenBy: ["16"],
    edits: [
      {
        file: "packages/domain/src/card-number.ts",
        find: "hasCardAmong(stretch.split(/[ -]/))) return true;",
        replace: "hasCardAmong(stretch.split(/[ -]/))) return false;",
      },
    ],
    storm: ["--faults", "none", "--visits", "bad-request,pay"],
  },
];
