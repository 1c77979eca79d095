import { type RequestHandler, Router } from "express";
import type { Books } from "../books.ts";
import type { Operation } from "../idempotency.ts";
import type { SendAnswer } from "../send-answer.ts";
import { createRefund } from "./create-refund.ts";
import { listRefunds } from "./list-refunds.ts";
import { retrieveRefund } from "./retrieve-refund.ts";

type Options = {
  readonly books: Books;
  readonly send: SendAnswer;
  readonly oncePerKey: (operation: Operation) => RequestHandler;
};

export function refundRoutes({ books, send, oncePerKey }: Options): Router {
  const router = Router({ caseSensitive: true });
  router.post("/", oncePerKey(createRefund));
  router.get("/", (req, res) => send(res, listRefunds(books, req.query)));
  router.get("/:id", (req, res) => send(res, retrieveRefund(books, req.params.id, req.query)));
  return router;
}
