import { MAX_WEBHOOK_ENDPOINTS, newId, type WebhookDisabledReason } from "@payonce/domain";
import type pg from "pg";
import { inTransaction } from "../in-transaction.ts";

/** Where a merchant wants to be told. Its secrets are read by the claim of a delivery alone. */
export interface WebhookEndpointRow {
  id: string;
  url: string;
  /** Names of events, or `*` alone. */
  events: string[];
  description: string | null;
  status: "enabled" | "disabled";
  disabledReason: WebhookDisabledReason | null;
  disabledAt: Date | null;
  /** Since when no attempt has got through. */
  failingSince: Date | null;
  /** Null once the overlap after a rotation is over. */
  previousSecretUntil: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** An endpoint is always looked for among those of a merchant. */
export interface OwnedEndpoint {
  id: string;
  merchantId: string;
}

const COLUMNS = `id, url, events, description, status, disabled_reason AS "disabledReason", disabled_at AS "disabledAt",
  failing_since AS "failingSince", created_at AS "createdAt", updated_at AS "updatedAt",
  CASE WHEN previous_secret_until > clock_timestamp() THEN previous_secret_until END AS "previousSecretUntil"`;
const OWNED = "id = $1 AND merchant_id = $2 AND deleted_at IS NULL";

/**
 * @param seal makes of the id what is stored as the secret
 * @returns null when the merchant has as many as there may be
 */
export function createWebhookEndpoint(
  pool: pg.Pool,
  endpoint: { merchantId: string; url: string; events: readonly string[]; description: string | null },
  seal: (id: string) => Buffer,
): Promise<WebhookEndpointRow | null> {
  const { merchantId, url, events, description } = endpoint;
  return inTransaction(pool, async (client) => {
    // One after the other, or several at once would each count the others as not there. Payments are not held up by it.
    await client.query("SELECT 1 FROM merchants WHERE id = $1 FOR NO KEY UPDATE", [merchantId]);
    const id = newId("whe");
    const { rows } = await client.query<WebhookEndpointRow>(
      `INSERT INTO webhook_endpoints (id, merchant_id, url, events, description, secret)
       SELECT $1, $2, $3, $4, $5, $6
       WHERE (SELECT count(*) FROM webhook_endpoints WHERE merchant_id = $2 AND deleted_at IS NULL) < $7
       RETURNING ${COLUMNS}`,
      [id, merchantId, url, events, description, seal(id), MAX_WEBHOOK_ENDPOINTS],
    );
    return rows[0] ?? null;
  });
}

export async function findWebhookEndpoint(pool: pg.Pool, owned: OwnedEndpoint): Promise<WebhookEndpointRow | null> {
  return change(pool, `SELECT ${COLUMNS} FROM webhook_endpoints WHERE ${OWNED}`, owned);
}

/** A merchant's endpoints, newest first. */
export async function listWebhookEndpoints(
  pool: pg.Pool,
  { merchantId, limit, startingAfter }: { merchantId: string; limit: number; startingAfter: string | undefined },
): Promise<WebhookEndpointRow[]> {
  const { rows } = await pool.query<WebhookEndpointRow>(
    `SELECT ${COLUMNS} FROM webhook_endpoints WHERE merchant_id = $1 AND deleted_at IS NULL
       AND ($3::text IS NULL OR id < $3) ORDER BY id DESC LIMIT $2`,
    [merchantId, limit, startingAfter ?? null],
  );
  return rows;
}

/** What is undefined stays as it is. */
export interface WebhookEndpointChanges {
  url?: string | undefined;
  events?: readonly string[] | undefined;
  description?: string | null | undefined;
}

export function updateWebhookEndpoint(
  pool: pg.Pool,
  owned: OwnedEndpoint,
  { url, events, description }: WebhookEndpointChanges,
): Promise<WebhookEndpointRow | null> {
  return change(
    pool,
    `UPDATE webhook_endpoints SET url = coalesce($3, url), events = coalesce($4, events),
       description = CASE WHEN $5 THEN $6 ELSE description END, updated_at = clock_timestamp()
     WHERE ${OWNED} RETURNING ${COLUMNS}`,
    owned,
    [url ?? null, events ?? null, description !== undefined, description ?? null],
  );
}

/** Its deliveries that are still open end when their time comes. */
export function deleteWebhookEndpoint(pool: pg.Pool, owned: OwnedEndpoint): Promise<WebhookEndpointRow | null> {
  return change(
    pool,
    `UPDATE webhook_endpoints SET deleted_at = clock_timestamp(), updated_at = clock_timestamp(),
       secret = NULL, previous_secret = NULL, previous_secret_until = NULL
     WHERE ${OWNED} RETURNING ${COLUMNS}`,
    owned,
  );
}

/** @param overlapSeconds for so long the secret until now signs as well; one from an earlier rotation does not any more */
export function rotateWebhookSecret(
  pool: pg.Pool,
  owned: OwnedEndpoint,
  { secret, overlapSeconds }: { secret: Buffer; overlapSeconds: number },
): Promise<WebhookEndpointRow | null> {
  return change(
    pool,
    `UPDATE webhook_endpoints SET secret = $3, updated_at = clock_timestamp(),
       previous_secret = CASE WHEN $4::int > 0 THEN secret END,
       previous_secret_until = CASE WHEN $4::int > 0 THEN clock_timestamp() + $4::int * interval '1 s' END
     WHERE ${OWNED} RETURNING ${COLUMNS}`,
    owned,
    [secret, overlapSeconds],
  );
}

/** Enables an endpoint, which also forgets that it failed; what was kept back for it is sent soon after. */
export function enableWebhookEndpoint(pool: pg.Pool, owned: OwnedEndpoint): Promise<WebhookEndpointRow | null> {
  return change(
    pool,
    `UPDATE webhook_endpoints SET status = 'enabled', disabled_reason = NULL, disabled_at = NULL, failing_since = NULL,
       updated_at = CASE status WHEN 'enabled' THEN updated_at ELSE clock_timestamp() END
     WHERE ${OWNED} RETURNING ${COLUMNS}`,
    owned,
  );
}

/** Disables an endpoint on its merchant's word. One that is disabled already keeps its reason. */
export function disableWebhookEndpoint(pool: pg.Pool, owned: OwnedEndpoint): Promise<WebhookEndpointRow | null> {
  return change(
    pool,
    `UPDATE webhook_endpoints SET status = 'disabled', disabled_reason = coalesce(disabled_reason, 'merchant'),
       disabled_at = coalesce(disabled_at, clock_timestamp()),
       updated_at = CASE status WHEN 'disabled' THEN updated_at ELSE clock_timestamp() END
     WHERE ${OWNED} RETURNING ${COLUMNS}`,
    owned,
  );
}

async function change(
  pool: pg.Pool,
  statement: string,
  { id, merchantId }: OwnedEndpoint,
  values: readonly unknown[] = [],
): Promise<WebhookEndpointRow | null> {
  const { rows } = await pool.query<WebhookEndpointRow>(statement, [id, merchantId, ...values]);
  return rows[0] ?? null;
}
