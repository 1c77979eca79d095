import type { Database } from "@payonce/db";
import { jsonBody, methodNotAllowed } from "@payonce/http";
import { Router } from "express";
import { authenticate } from "../http/authenticate.ts";
import { cancelPayment } from "./cancel-payment.ts";
import { createPayment } from "./create-payment.ts";
import { getPayment } from "./get-payment.ts";
import { listPayments } from "./list-payments.ts";
import type { PaymentWaiters } from "./payment-waiters.ts";

/** Whole paths, and not below a mount: once an error has left a mounted router, its metrics no longer know the mount. */
export function paymentRoutes(db: Database, waiters: PaymentWaiters): Router {
  const router = Router({ caseSensitive: true });
  const secretKey = authenticate(db);
  router.post("/v1/payments", secretKey, jsonBody, createPayment(db));
  router.get("/v1/payments", secretKey, listPayments(db));
  router.all("/v1/payments", methodNotAllowed("GET, HEAD, POST"));
  router.get("/v1/payments/:id", secretKey, getPayment(db, waiters));
  router.all("/v1/payments/:id", methodNotAllowed("GET, HEAD"));
  router.post("/v1/payments/:id/cancel", secretKey, cancelPayment(db, waiters));
  router.all("/v1/payments/:id/cancel", methodNotAllowed("POST"));
  return router;
}
