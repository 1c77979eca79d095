import type { Database } from "@payonce/db";
import { Router } from "express";
import { authenticate } from "../http/authenticate.ts";
import { methodNotAllowed } from "../http/handle-errors.ts";
import { jsonBody } from "../http/json-body.ts";
import { createPayment } from "./create-payment.ts";
import { getPayment } from "./get-payment.ts";
import { listPayments } from "./list-payments.ts";
import type { PaymentWaiters } from "./payment-waiters.ts";

export function paymentRoutes(db: Database, waiters: PaymentWaiters): Router {
  const router = Router();
  const secretKey = authenticate(db);
  router.post("/", secretKey, jsonBody, createPayment(db));
  router.get("/", secretKey, listPayments(db));
  router.all("/", methodNotAllowed("GET, POST"));
  router.get("/:id", secretKey, getPayment(db, waiters));
  router.all("/:id", methodNotAllowed("GET"));
  return router;
}
