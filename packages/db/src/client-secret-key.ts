import type pg from "pg";

const known = new WeakMap<pg.Pool, Buffer>();

/** What this installation derives client secrets with: 32 bytes, made when the database was. Read once, since it stays. */
export async function readClientSecretKey(pool: pg.Pool): Promise<Buffer> {
  const read = known.get(pool);
  if (read) return read;
  const { rows } = await pool.query<{ key: Buffer }>("SELECT client_secret_key AS key FROM installation");
  const [row] = rows;
  if (!row) throw new Error("the table `installation` is empty: run the migrations again on a fresh database");
  known.set(pool, row.key);
  return row.key;
}
