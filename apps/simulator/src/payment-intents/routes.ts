import { type RequestHandler, Router } from "express";
import type { Books } from "../books.ts";
import type { Operation } from "../idempotency.ts";
import type { SendAnswer } from "../send-answer.ts";
import { cancelPaymentIntent } from "./cancel-payment-intent.ts";
import { confirmPaymentIntent } from "./confirm-payment-intent.ts";
import { createPaymentIntent } from "./create-payment-intent.ts";
import { listPaymentIntents } from "./list-payment-intents.ts";
import { retrievePaymentIntent } from "./retrieve-payment-intent.ts";

type Options = {
  readonly books: Books;
  readonly send: SendAnswer;
  readonly oncePerKey: (operation: Operation) => RequestHandler;
};

export function paymentIntentRoutes({ books, send, oncePerKey }: Options): Router {
  const router = Router({ caseSensitive: true });
  router.post("/", oncePerKey(createPaymentIntent));
  router.get("/", (req, res) => send(res, listPaymentIntents(books, req.query)));
  router.get("/:id", (req, res) => send(res, retrievePaymentIntent(books, req.params.id, req.query)));
  router.post("/:id/confirm", oncePerKey(confirmPaymentIntent));
  router.post("/:id/cancel", oncePerKey(cancelPaymentIntent));
  return router;
}
