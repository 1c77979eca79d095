import { createHash } from "node:crypto";
import { createPaymentRequestSchema, newId, PayonceError, parseIdempotencyKey } from "@payonce/domain";
import {
  createHttpServer,
  handleErrors,
  jsonBody,
  limitInFlight,
  logRequests,
  requireHost,
  validate,
} from "@payonce/http";
import { createLogger, createRegistry } from "@payonce/service";
import express, { type RequestHandler } from "express";
import { config } from "./peer-config.ts";

export interface NewPayment {
  id: string;
  idempotencyKey: string;
  amount: number;
  currency: string;
  payment_method: string;
  order_reference: string | null;
}

/**
 * Serves `POST /v1/payments` with the same Express set-up as Payonce's api has: log line and metric for each request, limits,
 * body parsing, the same schema, a key that is looked for (in memory), the same headers and an answer of the same size. What
 * differs between the contestants is what `accept` does.
 *
 * @param accept resolves when the payment may be answered with 202
 */
export function servePayments(accept: (payment: NewPayment) => Promise<void> | void): void {
  const logger = createLogger("peer", "info");
  const registry = createRegistry("peer");
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.use(logRequests(logger, registry));
  app.use(requireHost);
  app.get("/healthz", (_request, response) => void response.json({ status: "ok" }));
  app.use(limitInFlight(1_000, registry));
  app.post("/v1/payments", authenticate(config.SECRET_KEY), jsonBody, createPayment(accept));
  app.use(handleErrors(logger));
  createHttpServer(app, logger).listen(config.PORT, "127.0.0.1");
  process.on("SIGTERM", () => process.exit(0));
}

function createPayment(accept: (payment: NewPayment) => Promise<void> | void): RequestHandler {
  return async (request, response) => {
    const idempotencyKey = parseIdempotencyKey(request.get("idempotency-key") ?? "");
    if (!idempotencyKey) throw new PayonceError("idempotency_key_missing", "Send a key.");
    const asked = validate(createPaymentRequestSchema, request.body, "field_invalid");
    const { amount, currency, payment_method, order_reference = null } = asked;
    const payment = { id: newId("pay"), idempotencyKey, amount, currency, payment_method, order_reference };
    await accept(payment);
    response
      .status(202)
      .location(`/v1/payments/${payment.id}`)
      .set("Cache-Control", "no-store")
      .json(toResource(payment));
  };
}

function authenticate(secretKey: string): RequestHandler {
  const hashOf = (key: string) => createHash("sha256").update(key).digest("hex");
  const owners = new Map([[hashOf(secretKey), "mer_1"]]);
  return (request, response, next) => {
    response.vary("Origin");
    const key = /^Bearer +(\S{1,200})$/i.exec(request.get("authorization") ?? "")?.[1];
    const owner = key && owners.get(hashOf(key));
    if (!owner) throw new PayonceError("api_key_invalid", "The key is unknown.");
    response.locals.merchantId = owner;
    next();
  };
}

function toResource({ id, amount, currency, payment_method, order_reference }: NewPayment) {
  const now = new Date().toISOString();
  return {
    id,
    object: "payment",
    amount,
    currency,
    status: "queued",
    outcome_unknown: false,
    payment_method,
    order_reference,
    description: null,
    metadata: {},
    failure_code: null,
    attempts: 0,
    amount_refunded: 0,
    amount_refund_pending: 0,
    refund_status: "none",
    next_attempt_at: now,
    version: 1,
    created_at: now,
    updated_at: now,
    client_secret: `${id}_secret_${createHash("sha256").update(id).digest("base64url")}`,
  };
}
