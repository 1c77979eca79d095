import type { Database } from "@payonce/db";
import { methodNotAllowed } from "@payonce/http";
import { Router } from "express";

/** `/healthz`: the process runs. `/readyz`: it can answer for payments, for which it needs Postgres; Redis may be away. */
export function healthRoutes({ pool }: Database): Router {
  const router = Router({ caseSensitive: true });
  router.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });

  let look: Promise<"ok" | "away"> | undefined;
  const lookAtPostgres = async () => {
    try {
      await pool.query("SELECT 1");
      return "ok";
    } catch {
      return "away";
    } finally {
      look = undefined;
    }
  };
  router.get("/readyz", async (_request, response) => {
    // One look for all who ask at once: nobody has to sign in for this, and connections are few.
    look ??= lookAtPostgres();
    const postgres = await look;
    const isReady = postgres === "ok";
    response.status(isReady ? 200 : 503).json({ status: isReady ? "ready" : "not_ready", postgres });
  });

  for (const path of ["/healthz", "/readyz"]) router.all(path, methodNotAllowed("GET, HEAD"));
  return router;
}
