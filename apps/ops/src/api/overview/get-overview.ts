import { type ChargerReport, type Overview, readChargerReports, readOverview } from "@payonce/db/operations";
import { PAYMENT_STATES } from "@payonce/domain";
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

const EXAMPLE: z.input<typeof overviewSchema> = {
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
    const [overview, chargers] = await Promise.all([readOverview(pool), readChargerReports(pool)]);
    return { 200: toOverview(overview, chargers) };
  },
);

function toOverview(
  overview: Overview,
  chargers: readonly (ChargerReport & { reportedAt: Date })[],
): z.input<typeof overviewSchema> {
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
