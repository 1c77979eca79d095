import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import type { Logger } from "pino";
import { retrieveAccount } from "./account.ts";
import type { Agenda } from "./agenda.ts";
import { authenticate } from "./authenticate.ts";
import type { Books } from "./books.ts";
import { chargeRoutes } from "./charges/routes.ts";
import { controlRoutes } from "./control-routes.ts";
import { DESCRIPTION } from "./description.ts";
import { disturb } from "./disturb.ts";
import { readForm } from "./form.ts";
import { createOncePerKey } from "./idempotency.ts";
import { newId } from "./ids.ts";
import { createOutageDraw } from "./outages.ts";
import { paymentIntentRoutes } from "./payment-intents/routes.ts";
import { refundRoutes } from "./refunds/routes.ts";
import { logRequests } from "./request-log.ts";
import { createSendAnswer, type SendAnswer } from "./send-answer.ts";
import { invalidRequest, SERVER_ERROR, stripeError } from "./stripe-errors.ts";
import { webhookRoutes } from "./webhooks/routes.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

export type AppOptions = {
  readonly books: Books;
  readonly agenda: Agenda;
  readonly webhooks: Webhooks;
  readonly accountId: string;
  readonly slowMs: number;
  readonly now: () => Date;
  readonly logger: Logger;
};

export function createApp(options: AppOptions): Express {
  const { books, agenda, webhooks, accountId, slowMs, now, logger } = options;
  const send = createSendAnswer({ slowMs });
  const oncePerKey = createOncePerKey({ books, agenda, webhooks, send, slowMs, now });
  const drawOutage = createOutageDraw({ outages: () => books.settings().outages, now });

  const app = express();
  app.disable("x-powered-by");
  app.set("case sensitive routing", true);
  app.set("query parser", "extended");
  // A 304 has no body, and no Stripe client expects one.
  app.disable("etag");

  app.use(logRequests(logger), stripeHeaders);
  app.get("/", (_req, res) => void res.json(DESCRIPTION));
  app.get("/healthz", (_req, res) => void res.json({ status: "ok" }));
  app.use(catchUp(agenda));
  app.use("/_sim", controlRoutes(books, now));
  app.use("/_sim/webhooks", webhookRoutes({ books, webhooks, now }));
  app.use("/v1", disturb({ mode: () => books.settings().mode, drawOutage, send, slowMs }));
  app.use("/v1", authenticate(send), readForm(send));
  app.use("/v1/payment_intents", paymentIntentRoutes({ books, send, oncePerKey }));
  app.use("/v1/charges", chargeRoutes(books, send));
  app.use("/v1/refunds", refundRoutes({ books, send, oncePerKey }));
  app.get("/v1/account", (_req, res) => send(res, retrieveAccount(accountId)));
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

function catchUp(agenda: Agenda): RequestHandler {
  return (_req, _res, next) => {
    agenda.catchUp();
    next();
  };
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
