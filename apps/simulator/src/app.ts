import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import type { Logger } from "pino";
import { authenticate } from "./authenticate.ts";
import type { Books } from "./books.ts";
import { controlRoutes } from "./control-routes.ts";
import { readForm } from "./form.ts";
import { createOncePerKey } from "./idempotency.ts";
import { newId } from "./ids.ts";
import { paymentIntentRoutes } from "./payment-intents/routes.ts";
import { logRequests } from "./request-log.ts";
import { createSendAnswer, type SendAnswer } from "./send-answer.ts";
import { invalidRequest, SERVER_ERROR, stripeError, UNAVAILABLE } from "./stripe-errors.ts";

const DESCRIPTION = {
  name: "Payment provider simulator",
  about: "Speaks Stripe's wire form for PaymentIntents. No real money moves. Any key starting with sk_test_ is taken.",
  endpoints: {
    "POST /v1/payment_intents": "create",
    "GET /v1/payment_intents": "list, newest first",
    "GET /v1/payment_intents/{id}": "retrieve",
    "POST /v1/payment_intents/{id}/confirm": "confirm: charges the card",
    "POST /v1/payment_intents/{id}/cancel": "cancel",
    "GET /_sim/ledger": "every captured charge, oldest first",
    "GET /_sim/mode": "the current mode",
    "POST /_sim/mode": 'JSON {"mode": "up" | "down" | "slow", "delay_ms"?: number}',
    "POST /_sim/prune-keys": "forget all idempotency keys",
    "GET /healthz": "alive",
  },
};

export type AppOptions = {
  readonly books: Books;
  readonly slowMs: number;
  readonly now: () => Date;
  readonly logger: Logger;
};

export function createApp({ books, slowMs, now, logger }: AppOptions): Express {
  const send = createSendAnswer({ slowMs, mode: books.mode });
  const oncePerKey = createOncePerKey({ books, send, now });

  const app = express();
  app.disable("x-powered-by");
  app.set("case sensitive routing", true);
  app.set("query parser", "extended");
  // A 304 has no body, and no Stripe client expects one.
  app.disable("etag");

  app.use(logRequests(logger), stripeHeaders);
  app.get("/", (_req, res) => void res.json(DESCRIPTION));
  app.get("/healthz", (_req, res) => void res.json({ status: "ok" }));
  app.use("/_sim", controlRoutes(books));
  app.use("/v1", refuseWhenDown(books, send), authenticate(send), readForm(send));
  app.use("/v1/payment_intents", paymentIntentRoutes({ books, send, oncePerKey }));
  app.use(refuseUnknownUrl(send));
  app.use(answerErrors(send, logger));
  return app;
}

const stripeHeaders: RequestHandler = (req, res, next) => {
  res.set("Request-Id", newId("req"));
  for (const name of ["Stripe-Version", "Idempotency-Key"]) {
    const value = req.get(name);
    if (value !== undefined) res.set(name, value);
  }
  next();
};

function refuseWhenDown(books: Books, send: SendAnswer): RequestHandler {
  return (_req, res, next) => (books.mode().mode === "down" ? send(res, UNAVAILABLE) : next());
}

function refuseUnknownUrl(send: SendAnswer): RequestHandler {
  return (req, res) => {
    const message = `Unrecognized request URL (${req.method}: ${req.path}). GET / lists what there is.`;
    return send(res, stripeError(404, { type: "invalid_request_error", message }));
  };
}

/** The one place exceptions reach. A client's fault is answered with a 4xx, anything else with a 500 that tells nothing. */
function answerErrors(send: SendAnswer, logger: Logger): ErrorRequestHandler {
  return (error, _req, res, _next) => {
    const status = Number(error?.status);
    if (status === 413) {
      return send(res, stripeError(413, { type: "invalid_request_error", message: "The request body is too large." }));
    }
    if (status >= 400 && status < 500) return send(res, invalidRequest("The request is not readable."));
    logger.error({ err: error }, "request failed");
    return send(res, SERVER_ERROR);
  };
}
