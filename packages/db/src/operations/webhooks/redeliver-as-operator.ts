import type { WebhookDeliveryState } from "@payonce/domain";
import type pg from "pg";
import { type Actor, appendAudit, withAudit } from "../audit.ts";
import { GIVEN_UP } from "./list-endpoints.ts";

/**
 * - `redelivered`: it has a new round of tries, and a notifier sends it at once.
 * - `under_way`: it is being sent, or is about to be; nothing was changed.
 * - `changed`: it is not as the operator saw it any more.
 */
export type RedeliverOneResult =
  | {
      result: "redelivered" | "under_way" | "changed" | "endpoint_disabled";
      status: WebhookDeliveryState;
      version: number;
    }
  | { result: "not_found" };

/** A new round; the notifier that sees `needs_job` first makes the job. */
const AGAIN = `status = 'pending', version = d.version + 1, dispatch = d.dispatch + 1, tries = 0, idle_dispatches = 0,
  needs_job = true, dead_letter_reason = NULL, next_action_at = clock_timestamp(), updated_at = clock_timestamp()`;

interface Locked {
  status: WebhookDeliveryState;
  version: number;
  paymentId: string;
  tries: number;
  isEnabled: boolean;
  deadLetterReason: string | null;
}

/** @param version as the operator saw it. Left out: as it is now */
export function redeliverOne(
  pool: pg.Pool,
  actor: Actor,
  { id, version }: { id: string; version?: number | undefined },
  reason: string,
): Promise<RedeliverOneResult> {
  return withAudit(pool, async (client): Promise<RedeliverOneResult> => {
    const { rows } = await client.query<Locked>(
      `SELECT d.status, d.version, d.payment_id AS "paymentId", d.tries, d.dead_letter_reason AS "deadLetterReason",
         e.status = 'enabled' AS "isEnabled"
       FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
       WHERE d.id = $1 AND e.deleted_at IS NULL FOR UPDATE OF d`,
      [id],
    );
    const [found] = rows;
    if (!found) return { result: "not_found" };
    const { status, paymentId } = found;
    const asItIs = { status, version: found.version };
    if (status === "pending" || status === "delivering") return { result: "under_way", ...asItIs };
    if (version !== undefined && version !== found.version) return { result: "changed", ...asItIs };
    if (!found.isEnabled) return { result: "endpoint_disabled", ...asItIs };
    await client.query(`UPDATE webhook_deliveries d SET ${AGAIN} WHERE id = $1`, [id]);
    const after = { status: "pending", version: found.version + 1, tries: 0 } as const;
    const before = { ...asItIs, tries: found.tries, dead_letter_reason: found.deadLetterReason };
    await appendAudit(client, actor, [{ action: "redeliver_webhook", paymentId, target: id, reason, before, after }]);
    return { result: "redelivered", ...after };
  });
}

/** So many are given a new round in one transaction, which is done in a fraction of a second. */
const BATCH = 1_000;
/** So many at a press: whoever presses waits for it. They are sent in the background, at the endpoint's own pace. */
export const REDELIVER_LIMIT = 10_000;

export type RedeliverAllResult =
  | { result: "done"; redelivered: number; isMore: boolean }
  | { result: "endpoint_disabled" | "not_found" };

/** Has all deliveries to an endpoint that were given up sent again, up to `REDELIVER_LIMIT`; pressed again, those that are left. */
export async function redeliverAll(
  pool: pg.Pool,
  actor: Actor,
  endpointId: string,
  reason: string,
): Promise<RedeliverAllResult> {
  let redelivered = 0;
  for (;;) {
    const batch = await withAudit(pool, (client) => redeliverBatch(client, actor, endpointId, reason));
    if (typeof batch === "string")
      return redelivered > 0 ? { result: "done", redelivered, isMore: true } : { result: batch };
    redelivered += batch;
    const isMore = batch === BATCH;
    if (!isMore || redelivered >= REDELIVER_LIMIT) return { result: "done", redelivered, isMore };
  }
}

async function redeliverBatch(
  client: pg.PoolClient,
  actor: Actor,
  endpointId: string,
  reason: string,
): Promise<number | "endpoint_disabled" | "not_found"> {
  // Held against being disabled or deleted meanwhile; two who press at once take turns.
  const { rows } = await client.query<{ status: string }>(
    "SELECT status FROM webhook_endpoints WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE",
    [endpointId],
  );
  if (!rows[0]) return "not_found";
  if (rows[0].status !== "enabled") return "endpoint_disabled";
  const { rowCount } = await client.query(
    `WITH l AS MATERIALIZED (
       SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 AND ${GIVEN_UP} ORDER BY id LIMIT $2 FOR UPDATE
     ) UPDATE webhook_deliveries d SET ${AGAIN} FROM l WHERE d.id = l.id`,
    [endpointId, BATCH],
  );
  const count = rowCount ?? 0;
  if (count === 0) return 0;
  const change = { before: { dead_lettered: count }, after: { pending: count } };
  await appendAudit(client, actor, [{ action: "redeliver_webhooks", target: endpointId, reason, ...change }]);
  return count;
}
