import type { Database } from "@payonce/db";
import { Router } from "express";
import type { PaymentWaiters } from "./payments/payment-waiters.ts";

/** `/healthz`: the process runs. `/readyz`: it can take payments, for which it needs Postgres and nothing else. */
export function healthRoutes({ pool }: Database, waiters: PaymentWaiters): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });
  router.get("/readyz", async (_request, response) => {
    const postgres = await pool.query("SELECT 1").then(
      () => "ok",
      () => "away",
    );
    const isReady = postgres === "ok" && !waiters.isClosed();
    const redis = waiters.isLive() ? "ok" : "away";
    response.status(isReady ? 200 : 503).json({ status: isReady ? "ready" : "not_ready", postgres, redis });
  });
  return router;
}
