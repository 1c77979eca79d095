import pg from "pg";
import { z } from "zod";

/** What the benchmark tells a peer's process. */
export const config = z
  .object({
    PORT: z.coerce.number().int(),
    SECRET_KEY: z.string(),
    DATABASE_URL: z.string(),
    REDIS_URL: z.string(),
    PROVIDER_URL: z.url(),
  })
  .parse(process.env);

/** Connections that one process of a peer has: as many jobs as it works on at once, so that none waits for another. */
export const POOL_SIZE = 20;

export function openPool(max = POOL_SIZE): pg.Pool {
  const pool = new pg.Pool({ connectionString: config.DATABASE_URL, max });
  pool.on("error", () => {});
  return pool;
}
