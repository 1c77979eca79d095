import { newId } from "@payonce/domain";
import type pg from "pg";
import { type Actor, appendAudit, withAudit } from "./audit.ts";

export interface Merchant {
  id: string;
  name: string;
  createdAt: Date;
}

export interface ListedMerchant extends Merchant {
  /** API keys that are accepted now. */
  liveKeys: number;
}

/** Makes a merchant, which has no keys yet. */
export function createMerchant(
  pool: pg.Pool,
  actor: Actor,
  { name, reason }: { name: string; reason: string },
): Promise<Merchant> {
  return withAudit(pool, async (client) => {
    const { rows } = await client.query<Merchant>(
      `INSERT INTO merchants (id, name) VALUES ($1, $2) RETURNING id, name, created_at AS "createdAt"`,
      [newId("mer"), name],
    );
    const merchant = rows[0] as Merchant;
    const after = { name };
    await appendAudit(client, actor, [{ action: "create_merchant", target: merchant.id, reason, before: null, after }]);
    return merchant;
  });
}

/** The newest first. */
export async function listMerchants(
  pool: pg.Pool,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<ListedMerchant[]> {
  const { rows } = await pool.query<ListedMerchant>(
    `SELECT m.id, m.name, m.created_at AS "createdAt",
       (SELECT count(*)::int FROM api_keys k
        WHERE k.merchant_id = m.id AND (k.revoked_at IS NULL OR k.revoked_at > clock_timestamp())) AS "liveKeys"
     FROM merchants m WHERE $2::text IS NULL OR m.id < $2 ORDER BY m.id DESC LIMIT $1`,
    [limit, before ?? null],
  );
  return rows;
}

/** Null when there is no such merchant. */
export async function readMerchant(pool: pg.Pool, id: string): Promise<Merchant | null> {
  const { rows } = await pool.query<Merchant>(
    `SELECT id, name, created_at AS "createdAt" FROM merchants WHERE id = $1`,
    [id],
  );
  return rows[0] ?? null;
}
