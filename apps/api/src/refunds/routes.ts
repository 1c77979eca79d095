import type { Database } from "@payonce/db";
import { jsonBody, methodNotAllowed } from "@payonce/http";
import { type RequestHandler, Router } from "express";
import { createRefund } from "./create-refund.ts";
import { getRefund } from "./get-refund.ts";
import { listRefunds } from "./list-refunds.ts";

/** Money goes back only on a secret key's word. */
export function refundRoutes(db: Database, secretKey: RequestHandler): Router {
  const router = Router({ caseSensitive: true });
  router.post("/v1/payments/:id/refunds", secretKey, jsonBody, createRefund(db));
  router.get("/v1/payments/:id/refunds", secretKey, listRefunds(db));
  router.all("/v1/payments/:id/refunds", methodNotAllowed("GET, HEAD, POST"));
  router.get("/v1/refunds/:id", secretKey, getRefund(db));
  router.all("/v1/refunds/:id", methodNotAllowed("GET, HEAD"));
  return router;
}
