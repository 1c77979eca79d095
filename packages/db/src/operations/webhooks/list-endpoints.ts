import type { WebhookDisabledReason } from "@payonce/domain";
import type pg from "pg";
import { AFTER_ALL_IDS } from "../after-all-ids.ts";

/** A count that stops at `ENDPOINT_COUNT_LIMIT`: when it is that, there may be more. */
type Count = number;
export const ENDPOINT_COUNT_LIMIT = 1_000;

/** An endpoint as operators see it: never its secrets. */
export interface OperatedEndpoint {
  id: string;
  merchantId: string;
  merchantName: string;
  url: string;
  /** Names of events, or `*` alone. */
  events: string[];
  description: string | null;
  status: "enabled" | "disabled";
  disabledReason: WebhookDisabledReason | null;
  disabledAt: Date | null;
  /** Since when no attempt has got through. */
  failingSince: Date | null;
  createdAt: Date;
  updatedAt: Date;
  /** Deliveries on their way. */
  waiting: Count;
  /** Deliveries that were given up and can be sent again. */
  deadLettered: Count;
  /** Kept back until it is enabled. */
  held: Count;
  /** Among its newest 200 deliveries. */
  lastSuccessAt: Date | null;
  lastFailure: { at: Date; httpStatus: number | null; error: string } | null;
}

export const ENDPOINT_TROUBLES = ["disabled", "failing", "dead_letters"] as const;
export type EndpointTrouble = (typeof ENDPOINT_TROUBLES)[number];

/** Dead letters that a redelivery can help: those that are kept back go by themselves. */
export const GIVEN_UP = "status = 'dead_lettered' AND dead_letter_reason IN ('attempts_spent', 'no_progress')";

const TROUBLES: Readonly<Record<EndpointTrouble, string>> = {
  disabled: "e.status = 'disabled'",
  failing: "e.status = 'enabled' AND e.failing_since IS NOT NULL",
  dead_letters: `EXISTS (SELECT 1 FROM webhook_deliveries WHERE endpoint_id = e.id AND ${GIVEN_UP})`,
};

const countOf = (condition: string) => `(SELECT count(*)::int FROM (
  SELECT 1 FROM webhook_deliveries WHERE endpoint_id = e.id AND ${condition} LIMIT ${ENDPOINT_COUNT_LIMIT}) counted)`;

const selectFrom = (endpoints: string) => `
SELECT e.id, e.merchant_id AS "merchantId", m.name AS "merchantName", e.url, e.events, e.description, e.status,
  e.disabled_reason AS "disabledReason", e.disabled_at AS "disabledAt", e.failing_since AS "failingSince",
  e.created_at AS "createdAt", e.updated_at AS "updatedAt",
  ${countOf("status IN ('pending', 'delivering', 'retry_wait')")} AS waiting, ${countOf(GIVEN_UP)} AS "deadLettered",
  ${countOf("dead_letter_reason = 'endpoint_disabled'")} AS held, ok.at AS "lastSuccessAt", bad.at AS "failedAt",
  bad.http_status AS "httpStatus", bad.error
FROM (${endpoints}) e JOIN merchants m ON m.id = e.merchant_id
LEFT JOIN LATERAL (
  SELECT max(delivered_at) AS at FROM (
    SELECT delivered_at FROM webhook_deliveries WHERE endpoint_id = e.id ORDER BY id DESC LIMIT 200) newest
) ok ON true
LEFT JOIN LATERAL (
  SELECT last_attempt_at AS at, last_http_status AS http_status, last_error AS error FROM (
    SELECT * FROM webhook_deliveries WHERE endpoint_id = e.id ORDER BY id DESC LIMIT 200) newest
  WHERE last_error IS NOT NULL ORDER BY last_attempt_at DESC LIMIT 1
) bad ON true ORDER BY e.id DESC`;

/** Endpoints of all merchants, or of one, the newest first; those that are deleted are gone. */
export async function listEndpointsForOperators(
  pool: pg.Pool,
  filter: {
    merchantId?: string | undefined;
    trouble?: EndpointTrouble | undefined;
    limit: number;
    before?: string | undefined;
  },
): Promise<{ endpoints: OperatedEndpoint[]; hasMore: boolean }> {
  const { merchantId, trouble, limit, before } = filter;
  const condition = trouble === undefined ? "true" : TROUBLES[trouble];
  const { rows } = await pool.query(
    selectFrom(`SELECT * FROM webhook_endpoints e WHERE deleted_at IS NULL AND ($1::text IS NULL OR merchant_id = $1)
      AND id < $2 AND ${condition} ORDER BY id DESC LIMIT $3`),
    [merchantId ?? null, before ?? AFTER_ALL_IDS, limit + 1],
  );
  return { endpoints: rows.slice(0, limit).map(toEndpoint), hasMore: rows.length > limit };
}

/** Null when there is none, also once it is deleted. */
export async function readEndpoint(pool: pg.Pool, id: string): Promise<OperatedEndpoint | null> {
  const one = "SELECT * FROM webhook_endpoints WHERE id = $1 AND deleted_at IS NULL";
  const { rows } = await pool.query(selectFrom(one), [id]);
  return rows[0] ? toEndpoint(rows[0]) : null;
}

type Row = Omit<OperatedEndpoint, "lastFailure"> & {
  failedAt: Date | null;
  httpStatus: number | null;
  error: string;
};

function toEndpoint({ failedAt, httpStatus, error, ...endpoint }: Row): OperatedEndpoint {
  return { ...endpoint, lastFailure: failedAt && { at: failedAt, httpStatus, error } };
}
