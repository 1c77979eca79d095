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
import type pg from "pg";
import type { QueueCounts, QueueReader, Throughput } from "../queue-reader.ts";

/** How things stand. What Redis was to say is null while it is away. */
export interface Standing {
  overview: Overview;
  refunds: RefundOverview;
  webhooks: WebhookOverview;
  chargers: (ChargerReport & { reportedAt: Date })[];
  queues: QueueCounts[] | null;
  throughput: Throughput | null;
}

/** So far back the throughput is shown. */
export const THROUGHPUT_MINUTES = 60;

/** @throws when Postgres is away: nothing is known then */
export async function readStanding(pool: pg.Pool, queues: QueueReader): Promise<Standing> {
  const [overview, refunds, webhooks, chargers, counts, throughput] = await Promise.all([
    readOverview(pool),
    readRefundOverview(pool),
    readWebhookOverview(pool),
    readChargerReports(pool),
    queues.readCounts(),
    queues.readThroughput(THROUGHPUT_MINUTES),
  ]);
  return { overview, refunds, webhooks, chargers, queues: counts, throughput };
}
