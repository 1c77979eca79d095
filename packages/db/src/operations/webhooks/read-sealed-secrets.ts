import type pg from "pg";

/** The newest endpoints' signing secrets as they are stored, encrypted: to see whether a key opens them. */
export async function readSealedSecrets(pool: pg.Pool, limit: number): Promise<{ id: string; secret: Buffer }[]> {
  const { rows } = await pool.query<{ id: string; secret: Buffer }>(
    "SELECT id, secret FROM webhook_endpoints WHERE deleted_at IS NULL ORDER BY id DESC LIMIT $1",
    [limit],
  );
  return rows;
}
