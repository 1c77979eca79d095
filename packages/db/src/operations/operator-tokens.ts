import { createHash } from "node:crypto";
import { newId } from "@payonce/domain";
import type pg from "pg";
import { randomBase62, shownPrefixLength } from "../seed-merchant.ts";
import { type Actor, appendAudit, withAudit } from "./audit.ts";
import type { Operator } from "./operators.ts";

/** 256 bits of chance: it cannot be guessed, so its plain SHA-256 is enough to keep. */
const tokenLength = 43;

export interface ListedOperatorToken {
  id: string;
  username: string;
  prefix: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

/** @returns SHA-256 of the whole token, as it is kept */
export function hashOperatorToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/**
 * Makes a token with which scripts act as this operator, with the role it has at the time.
 *
 * @returns the token, `opt_` and 43 letters and digits, which is kept nowhere; null when there is no enabled operator of this name
 */
export function createOperatorToken(
  pool: pg.Pool,
  actor: Actor,
  { username, reason }: { username: string; reason: string },
): Promise<{ id: string; token: string; prefix: string } | null> {
  return withAudit(pool, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "SELECT id FROM operators WHERE username = $1 AND disabled_at IS NULL FOR SHARE",
      [username],
    );
    const [operator] = rows;
    if (!operator) return null;
    const id = newId("opt");
    const token = `opt_${randomBase62(tokenLength)}`;
    const prefix = token.slice(0, shownPrefixLength);
    await client.query("INSERT INTO operator_tokens (id, operator_id, hash, prefix) VALUES ($1, $2, $3, $4)", [
      id,
      operator.id,
      hashOperatorToken(token),
      prefix,
    ]);
    const after = { operator: operator.id, username, prefix, revoked: false };
    await appendAudit(client, actor, [{ action: "create_operator_token", target: id, reason, before: null, after }]);
    return { id, token, prefix };
  });
}

/** Once a minute is enough to see that a token is in use, and spares a write for each request. */
const FIND = `
WITH live AS (
  SELECT t.id AS token_id, t.last_used_at, o.id, o.username, o.role
  FROM operator_tokens AS t JOIN operators AS o ON o.id = t.operator_id
  WHERE t.hash = $1 AND t.revoked_at IS NULL AND o.disabled_at IS NULL
), used AS (
  UPDATE operator_tokens AS t SET last_used_at = clock_timestamp() FROM live
  WHERE t.id = live.token_id
    AND (live.last_used_at IS NULL OR live.last_used_at < clock_timestamp() - interval '1 minute')
)
SELECT id, username, role FROM live`;

/** Whose token it is, with the role of now; null when it is unknown or revoked, or the operator is disabled. */
export async function findOperatorByToken(pool: pg.Pool, hash: Buffer): Promise<Operator | null> {
  const { rows } = await pool.query<Operator>({ name: "find-operator-by-token", text: FIND, values: [hash] });
  return rows[0] ?? null;
}

/** Makes a token worthless at once. */
export function revokeOperatorToken(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  reason: string,
): Promise<{ result: "revoked" | "revoked_before" | "not_found" }> {
  return withAudit(pool, async (client) => {
    const { rows } = await client.query<{ username: string; prefix: string; isRevoked: boolean }>(
      `SELECT o.username, t.prefix, t.revoked_at IS NOT NULL AS "isRevoked"
       FROM operator_tokens AS t JOIN operators AS o ON o.id = t.operator_id WHERE t.id = $1 FOR UPDATE OF t`,
      [id],
    );
    const [found] = rows;
    if (!found) return { result: "not_found" };
    if (found.isRevoked) return { result: "revoked_before" };
    await client.query("UPDATE operator_tokens SET revoked_at = clock_timestamp() WHERE id = $1", [id]);
    const { username, prefix } = found;
    const before = { username, prefix, revoked: false };
    const entry = { action: "revoke_operator_token", target: id, reason, before, after: { ...before, revoked: true } };
    await appendAudit(client, actor, [entry]);
    return { result: "revoked" };
  });
}

/** All of them, the newest first; those of one operator where a username is given. */
export async function listOperatorTokens(pool: pg.Pool, username?: string): Promise<ListedOperatorToken[]> {
  const { rows } = await pool.query<ListedOperatorToken>(
    `SELECT t.id, o.username, t.prefix, t.created_at AS "createdAt", t.last_used_at AS "lastUsedAt",
       t.revoked_at AS "revokedAt"
     FROM operator_tokens AS t JOIN operators AS o ON o.id = t.operator_id
     WHERE $1::text IS NULL OR o.username = $1 ORDER BY t.id DESC`,
    [username ?? null],
  );
  return rows;
}
