import { createHash } from "node:crypto";
import { newId } from "@payonce/domain";
import type pg from "pg";
import { randomBase62, shownPrefixLength } from "../seed-merchant.ts";
import { type Actor, appendAudit, withAudit } from "./audit.ts";

export const API_KEY_KINDS = ["secret", "publishable"] as const;
export type ApiKeyKind = (typeof API_KEY_KINDS)[number];

/** Written into the key, for people: what is charged with follows from the provider's key alone. */
export const API_KEY_MODES = ["test", "live"] as const;
export type ApiKeyMode = (typeof API_KEY_MODES)[number];

/** A merchant's key, as far as it is known: only its hash is kept. */
export interface ApiKey {
  id: string;
  merchantId: string;
  kind: ApiKeyKind;
  mode: ApiKeyMode;
  /** Its first characters, to tell keys apart. */
  prefix: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  /** From then on it is refused; in the future while another replaces it. */
  revokedAt: Date | null;
}

/** With the whole key, which can be shown now and never again. */
export type NewApiKey = ApiKey & { key: string };

export type RotateResult =
  | { result: "rotated"; created: NewApiKey; old: ApiKey }
  /** Also one whose last hour is set already: it has been replaced before. */
  | { result: "revoked_before"; revokedAt: Date }
  | { result: "not_found" };

export type RevokeResult =
  | { result: "revoked"; key: ApiKey }
  | { result: "revoked_before"; revokedAt: Date }
  | { result: "not_found" };

const COLUMNS = `id, merchant_id AS "merchantId", kind, split_part(prefix, '_', 2) AS mode, prefix,
  created_at AS "createdAt", last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"`;

/** All keys, or those of one merchant, the newest first; at most `limit`. */
export async function listApiKeys(
  pool: pg.Pool,
  { merchantId, limit }: { merchantId?: string | undefined; limit: number },
): Promise<ApiKey[]> {
  const { rows } = await pool.query<ApiKey>(
    `SELECT ${COLUMNS} FROM api_keys WHERE $1::text IS NULL OR merchant_id = $1 ORDER BY id DESC LIMIT $2`,
    [merchantId ?? null, limit],
  );
  return rows;
}

/** @returns null when there is no such merchant */
export function createApiKey(
  pool: pg.Pool,
  actor: Actor,
  { merchantId, kind, mode, reason }: { merchantId: string; kind: ApiKeyKind; mode: ApiKeyMode; reason: string },
): Promise<NewApiKey | null> {
  return withAudit(pool, async (client) => {
    const { rowCount } = await client.query("SELECT 1 FROM merchants WHERE id = $1 FOR KEY SHARE", [merchantId]);
    if (rowCount === 0) return null;
    const created = await insertKey(client, { merchantId, kind, mode });
    await appendAudit(client, actor, [
      { action: "create_api_key", target: created.id, reason, before: null, after: audited(created) },
    ]);
    return created;
  });
}

/**
 * Makes another key of the same merchant, kind and mode, and sets the hour of the old one.
 *
 * @param overlapMs how long the old key stays valid beside the new one; 0 ends it at once
 */
export function rotateApiKey(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  { overlapMs, reason }: { overlapMs: number; reason: string },
): Promise<RotateResult> {
  return withAudit(pool, async (client): Promise<RotateResult> => {
    const before = await lockKey(client, id);
    if (!before) return { result: "not_found" };
    if (before.revokedAt) return { result: "revoked_before", revokedAt: before.revokedAt };
    const created = await insertKey(client, before);
    const old = await endKey(client, id, overlapMs);
    const after = { ...audited(old), replaced_by: created.id };
    await appendAudit(client, actor, [
      { action: "create_api_key", target: created.id, reason, before: null, after: audited(created) },
      { action: "rotate_api_key", target: id, reason, before: audited(before), after },
    ]);
    return { result: "rotated", created, old };
  });
}

/**
 * Has a key refused, also one that was given an hour when it was replaced. The apis hear of it within milliseconds; one that does
 * not hear forgets what it knows within a second.
 */
export function revokeApiKey(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  { reason }: { reason: string },
): Promise<RevokeResult> {
  return withAudit(pool, async (client): Promise<RevokeResult> => {
    const before = await lockKey(client, id);
    if (!before) return { result: "not_found" };
    if (before.revokedAt && before.isOver) return { result: "revoked_before", revokedAt: before.revokedAt };
    const key = await endKey(client, id, 0);
    await appendAudit(client, actor, [
      { action: "revoke_api_key", target: id, reason, before: audited(before), after: audited(key) },
    ]);
    return { result: "revoked", key };
  });
}

type KeyOwner = Pick<ApiKey, "merchantId" | "kind" | "mode">;

async function insertKey(client: pg.PoolClient, { merchantId, kind, mode }: KeyOwner): Promise<NewApiKey> {
  const key = `${kind === "secret" ? "sk" : "pk"}_${mode}_${randomBase62(40)}`;
  const { rows } = await client.query<ApiKey>(
    `INSERT INTO api_keys (id, merchant_id, kind, hash, prefix) VALUES ($1, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
    [newId("key"), merchantId, kind, createHash("sha256").update(key).digest(), key.slice(0, shownPrefixLength)],
  );
  return { ...(rows[0] as ApiKey), key };
}

/** Two who rotate one key at the same time take turns: the second is told that it was replaced. */
async function lockKey(client: pg.PoolClient, id: string): Promise<(ApiKey & { isOver: boolean }) | null> {
  const { rows } = await client.query<ApiKey & { isOver: boolean }>(
    `SELECT ${COLUMNS}, revoked_at <= clock_timestamp() AS "isOver" FROM api_keys WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}

async function endKey(client: pg.PoolClient, id: string, afterMs: number): Promise<ApiKey> {
  const { rows } = await client.query<ApiKey>(
    `UPDATE api_keys SET revoked_at = clock_timestamp() + $2::float8 * interval '1 ms' WHERE id = $1 RETURNING ${COLUMNS}`,
    [id, afterMs],
  );
  return rows[0] as ApiKey;
}

/** What the audit log keeps of a key: never enough to use it. */
function audited({ merchantId, kind, mode, prefix, revokedAt }: ApiKey): object {
  return { merchant_id: merchantId, kind, mode, prefix, revoked_at: revokedAt };
}
