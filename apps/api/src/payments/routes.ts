import type { Database } from "@payonce/db";
import { jsonBody, methodNotAllowed } from "@payonce/http";
import { Router } from "express";
import type { Authentication } from "../http/authenticate.ts";
import { answerPreflight } from "../http/cross-origin.ts";
import type { RateLimits } from "../http/rate-limits.ts";
import type { AcceptPayment } from "./accept-together.ts";
import { cancelPayment } from "./cancel-payment.ts";
import { createPayment } from "./create-payment.ts";
import { getEvents } from "./events/get-events.ts";
import type { LiveEvents } from "./events/live-events.ts";
import { getPayment } from "./get-payment.ts";
import { listPayments } from "./list-payments.ts";
import type { PaymentWaiters } from "./payment-waiters.ts";

export interface PaymentRoutesOptions {
  db: Database;
  accept: AcceptPayment;
  waiters: PaymentWaiters;
  live: LiveEvents;
  limits: RateLimits;
}

/** Whole paths, and not below a mount: once an error has left a mounted router, its metrics no longer know the mount. */
export function paymentRoutes(
  { db, accept, waiters, live, limits }: PaymentRoutesOptions,
  { secretKey, anyKey }: Authentication,
): Router {
  const router = Router({ caseSensitive: true });
  router.options("/v1/payments", answerPreflight(db, limits, "POST"));
  router.post("/v1/payments", anyKey, jsonBody, createPayment(db, accept));
  router.get("/v1/payments", secretKey, listPayments(db));
  router.all("/v1/payments", methodNotAllowed("GET, HEAD, POST"));
  router.options(["/v1/payments/:id", "/v1/payments/:id/events"], answerPreflight(db, limits, "GET, HEAD"));
  router.get("/v1/payments/:id", anyKey, getPayment(db, waiters));
  router.all("/v1/payments/:id", methodNotAllowed("GET, HEAD"));
  router.get("/v1/payments/:id/events", anyKey, getEvents(db, live));
  router.all("/v1/payments/:id/events", methodNotAllowed("GET, HEAD"));
  router.post("/v1/payments/:id/cancel", secretKey, cancelPayment(db, waiters));
  router.all("/v1/payments/:id/cancel", methodNotAllowed("POST"));
  return router;
}
