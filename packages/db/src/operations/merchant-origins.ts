import type pg from "pg";
import { listOrigins } from "../merchant-origins.ts";
import { type Actor, appendAudit, withAudit } from "./audit.ts";

export type ReplaceOriginsResult = { changed: boolean; origins: string[] };

/**
 * Makes these, and no others, the origins from which a merchant's publishable keys are taken. Where they are already, nothing
 * is done and nothing audited.
 *
 * @param origins spelled as browsers spell them
 * @returns null when there is no such merchant
 */
export function replaceOriginsAsOperator(
  pool: pg.Pool,
  actor: Actor,
  merchantId: string,
  { origins, reason }: { origins: readonly string[]; reason: string },
): Promise<ReplaceOriginsResult | null> {
  return withAudit(pool, async (client) => {
    // Two who do this at the same time take turns, also with the merchant itself.
    const { rowCount } = await client.query("SELECT 1 FROM merchants WHERE id = $1 FOR NO KEY UPDATE", [merchantId]);
    if (rowCount === 0) return null;
    const before = await listOrigins(client, merchantId);
    const after = [...new Set(origins)].sort();
    if (before.length === after.length && after.every((origin) => before.includes(origin)))
      return { changed: false, origins: before };
    await client.query("DELETE FROM merchant_origins WHERE merchant_id = $1 AND origin <> ALL ($2::text[])", [
      merchantId,
      after,
    ]);
    await client.query(
      "INSERT INTO merchant_origins (merchant_id, origin) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING",
      [merchantId, after],
    );
    const change = { before: { origins: before }, after: { origins: after } };
    await appendAudit(client, actor, [{ action: "set_allowed_origins", target: merchantId, reason, ...change }]);
    return { changed: true, origins: await listOrigins(client, merchantId) };
  });
}
