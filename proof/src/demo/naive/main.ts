import pg from "pg";
import { z } from "zod";
import { createNaiveService, NAIVE_TABLE } from "./naive-service.ts";

const config = z
  .object({
    PORT: z.coerce.number().int(),
    DATABASE_URL: z.string(),
    STRIPE_API_BASE: z.url(),
    STRIPE_API_KEY: z.string(),
    PROVIDER_TIMEOUT_MS: z.coerce.number().int(),
  })
  .parse(process.env);

const pool = new pg.Pool({ connectionString: config.DATABASE_URL });
// An idle connection that breaks is replaced at the next query.
pool.on("error", () => {});
await pool.query(NAIVE_TABLE);
createNaiveService(pool, {
  apiBase: config.STRIPE_API_BASE,
  apiKey: config.STRIPE_API_KEY,
  timeoutMs: config.PROVIDER_TIMEOUT_MS,
}).listen(config.PORT, "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
