import { Router } from "express";
import type { Books } from "../books.ts";
import type { SendAnswer } from "../send-answer.ts";
import { listCharges } from "./list-charges.ts";
import { retrieveCharge } from "./retrieve-charge.ts";

export function chargeRoutes(books: Books, send: SendAnswer): Router {
  const router = Router({ caseSensitive: true });
  router.get("/", (req, res) => send(res, listCharges(books, req.query)));
  router.get("/:id", (req, res) => send(res, retrieveCharge(books, req.params.id, req.query)));
  return router;
}
