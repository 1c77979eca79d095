import {
  type ChargerReport,
  type Overview,
  type RefundOverview,
  readChargerReports,
  readOverview,
  readRefundOverview,
  readWebhookOverview,
  type WebhookOverview,
} from "@payonce/db/operations";
import { PAYMENT_STATES, REFUND_STATES } from "@payonce/domain";
import { z } from "zod";
import { defineOperation } from "../operation.ts";

const count = z.int();
const isMore = z.boolean().meta({ description: "Whether there are more than `count`, where counting stops" });
const age = z.number().nullable().meta({ description: "In seconds; null where there is none" });

const overviewSchema = z
  .strictObject({
    object: z.literal("overview"),
    at: z.iso.datetime().meta({ description: "By the database's clock" }),
    outbox: z
      .strictObject({ count, is_more: isMore, oldest_age_seconds: age })
      .meta({ description: "What is not published yet" }),
    moving: z
      .strictObject({ count, is_more: isMore, by_status: z.partialRecord(z.enum(PAYMENT_STATES), count) })
      .meta({ description: "Payments that are neither final nor wait for a person" }),
    oldest_unknown: z
      .strictObject({ payment_id: z.string(), age_seconds: z.number(), next_attempt_at: z.iso.datetime() })
      .nullable()
      .meta({ description: "The payment whose outcome has been unknown for longest" }),
    dead_letters: z.strictObject({ count, is_more: isMore, outcome_unknown: count, oldest_age_seconds: age }),
    refunds: z
      .strictObject({
        moving: z
          .strictObject({ count, is_more: isMore, by_status: z.partialRecord(z.enum(REFUND_STATES), count) })
          .meta({ description: "Refunds that have not ended and do not wait for a person" }),
        oldest_unknown: z
          .strictObject({
            refund_id: z.string(),
            payment_id: z.string(),
            age_seconds: z.number(),
            next_attempt_at: z.iso.datetime(),
          })
          .nullable()
          .meta({ description: "The refund whose outcome has been unknown for longest" }),
        dead_letters: z.strictObject({ count, is_more: isMore, outcome_unknown: count, oldest_age_seconds: age }),
      })
      .meta({ description: "The refunds; the figures beside it are those of payments" }),
    webhooks: z
      .strictObject({
        outbox: z
          .strictObject({ count, is_more: isMore, oldest_age_seconds: age })
          .meta({ description: "Events that have no deliveries yet" }),
        waiting: z
          .strictObject({ count, is_more: isMore, longest_due_seconds: age })
          .meta({ description: "Deliveries on their way" }),
        dead_letters: z
          .strictObject({ count, is_more: isMore, oldest_age_seconds: age })
          .meta({ description: "Deliveries that were given up and can be sent again" }),
        disabled_endpoints: z.strictObject({
          count,
          is_more: isMore,
          failing: count.meta({ description: "Disabled because nothing got through for days" }),
        }),
      })
      .meta({ description: "Webhooks to merchants" }),
    open_anomalies: z.strictObject({ count, is_more: isMore, oldest_age_seconds: age }),
    paused_queues: z.array(z.strictObject({ queue: z.string(), reason: z.string(), paused_at: z.iso.datetime() })),
    chargers: z
      .array(
        z.strictObject({
          id: z.string(),
          version: z.string(),
          breaker: z.enum(["closed", "open", "half_open"]).meta({ description: "Open: it takes no payments" }),
          breaker_since: z.iso.datetime(),
          started_at: z.iso.datetime(),
          reported_at: z.iso.datetime(),
        }),
      )
      .meta({ description: "The chargers that have reported in the last half minute" }),
  })
  .meta({ id: "Overview", description: "How things stand, as Postgres knows it" });

type Resource = z.input<typeof overviewSchema>;

const EXAMPLE: Resource = {
  object: "overview",
  at: "2026-11-22T10:00:00.000Z",
  outbox: { count: 2, is_more: false, oldest_age_seconds: 0.4 },
  moving: { count: 12, is_more: false, by_status: { queued: 3, charging: 8, unknown: 1 } },
  oldest_unknown: {
    payment_id: "pay_01m814esw7e00bgbyj9j5g8yxa",
    age_seconds: 95.2,
    next_attempt_at: "2026-11-22T10:01:30.000Z",
  },
  dead_letters: { count: 240, is_more: false, outcome_unknown: 3, oldest_age_seconds: 7069.1 },
  refunds: {
    moving: { count: 3, is_more: false, by_status: { queued: 1, pending: 2 } },
    oldest_unknown: null,
    dead_letters: { count: 1, is_more: false, outcome_unknown: 1, oldest_age_seconds: 811.4 },
  },
  webhooks: {
    outbox: { count: 0, is_more: false, oldest_age_seconds: null },
    waiting: { count: 7, is_more: false, longest_due_seconds: 0 },
    dead_letters: { count: 2, is_more: false, oldest_age_seconds: 40211.9 },
    disabled_endpoints: { count: 1, is_more: false, failing: 1 },
  },
  open_anomalies: { count: 0, is_more: false, oldest_age_seconds: null },
  paused_queues: [],
  chargers: [
    {
      id: "charger-1-4711",
      version: "0.1.0",
      breaker: "closed",
      breaker_since: "2026-11-22T06:00:01.000Z",
      started_at: "2026-11-22T06:00:00.000Z",
      reported_at: "2026-11-22T09:59:58.000Z",
    },
  ],
};

export const getOverviewOperation = defineOperation(
  {
    operationId: "getOverview",
    method: "get",
    path: "/ops/v1/overview",
    tag: "Overview",
    summary: "Look at how things stand",
    description: "Read from Postgres alone, so it answers while Redis is away.",
    role: "viewer",
    answers: { 200: { description: "How things stand.", schema: overviewSchema, example: EXAMPLE } },
  },
  async ({ dependencies }) => {
    const { pool } = dependencies.db;
    const [overview, refunds, webhooks, chargers] = await Promise.all([
      readOverview(pool),
      readRefundOverview(pool),
      readWebhookOverview(pool),
      readChargerReports(pool),
    ]);
    return { 200: { ...toOverview(overview, chargers), refunds: toRefunds(refunds), webhooks: toWebhooks(webhooks) } };
  },
);

function toOverview(
  overview: Overview,
  chargers: readonly (ChargerReport & { reportedAt: Date })[],
): Omit<Resource, "refunds" | "webhooks"> {
  const { outbox, moving, oldestUnknown, deadLetters, openAnomalies } = overview;
  return {
    object: "overview",
    at: overview.at.toISOString(),
    outbox: { count: outbox.count, is_more: outbox.isMore, oldest_age_seconds: outbox.oldestAgeSeconds },
    moving: { count: moving.count, is_more: moving.isMore, by_status: moving.byState },
    oldest_unknown: oldestUnknown && {
      payment_id: oldestUnknown.id,
      age_seconds: oldestUnknown.ageSeconds,
      next_attempt_at: oldestUnknown.nextActionAt.toISOString(),
    },
    dead_letters: {
      count: deadLetters.count,
      is_more: deadLetters.isMore,
      outcome_unknown: deadLetters.outcomeUnknown,
      oldest_age_seconds: deadLetters.oldestAgeSeconds,
    },
    open_anomalies: {
      count: openAnomalies.count,
      is_more: openAnomalies.isMore,
      oldest_age_seconds: openAnomalies.oldestAgeSeconds,
    },
    paused_queues: overview.pauses.map(({ queue, reason, pausedAt }) => ({
      queue,
      reason,
      paused_at: pausedAt.toISOString(),
    })),
    chargers: chargers.map((charger) => ({
      id: charger.id,
      version: charger.version,
      breaker: charger.breaker,
      breaker_since: charger.breakerSince.toISOString(),
      started_at: charger.startedAt.toISOString(),
      reported_at: charger.reportedAt.toISOString(),
    })),
  };
}

function toRefunds({ moving, oldestUnknown, deadLetters }: RefundOverview): Resource["refunds"] {
  return {
    moving: { count: moving.count, is_more: moving.isMore, by_status: moving.byState },
    oldest_unknown: oldestUnknown && {
      refund_id: oldestUnknown.id,
      payment_id: oldestUnknown.paymentId,
      age_seconds: oldestUnknown.ageSeconds,
      next_attempt_at: oldestUnknown.nextActionAt.toISOString(),
    },
    dead_letters: {
      count: deadLetters.count,
      is_more: deadLetters.isMore,
      outcome_unknown: deadLetters.outcomeUnknown,
      oldest_age_seconds: deadLetters.oldestAgeSeconds,
    },
  };
}

function toWebhooks({ outbox, waiting, deadLetters, disabledEndpoints }: WebhookOverview): Resource["webhooks"] {
  return {
    outbox: { count: outbox.count, is_more: outbox.isMore, oldest_age_seconds: outbox.oldestAgeSeconds },
    waiting: { count: waiting.count, is_more: waiting.isMore, longest_due_seconds: waiting.longestDueSeconds },
    dead_letters: {
      count: deadLetters.count,
      is_more: deadLetters.isMore,
      oldest_age_seconds: deadLetters.oldestAgeSeconds,
    },
    disabled_endpoints: {
      count: disabledEndpoints.count,
      is_more: disabledEndpoints.isMore,
      failing: disabledEndpoints.failing,
    },
  };
}
