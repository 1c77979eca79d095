import type pg from "pg";

/** Writes down that a key is in use. Once a minute, however many processes see it at the same moment. */
export async function noteKeyUse(pool: pg.Pool, keyId: string): Promise<void> {
  await pool.query({
    name: "note-key-use",
    text: `UPDATE api_keys SET last_used_at = now()
           WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
    values: [keyId],
  });
}
