import express, { Router } from "express";
import type { Books } from "./books.ts";
import { modeSchema } from "./mode.ts";
import { invalidRequest } from "./stripe-errors.ts";

const BAD_MODE = invalidRequest(
  'Send JSON such as {"mode":"slow"}. The modes are "up", "down" and "slow"; "slow" may have delay_ms, 0 to 600000.',
  { param: "mode" },
);

/** What tests and people steer the simulator by. No provider has these, so they live outside /v1. */
export function controlRoutes(books: Books): Router {
  const router = Router({ caseSensitive: true });

  router.get("/ledger", (_req, res) => {
    res.json({ charges: books.charges() });
  });

  router.get("/mode", (_req, res) => {
    res.json(books.mode());
  });

  router.post("/mode", express.json({ limit: "1kb" }), (req, res) => {
    const wanted = modeSchema.safeParse({ ...req.query, ...req.body });
    if (!wanted.success) {
      res.status(BAD_MODE.status).json(BAD_MODE.body);
      return;
    }
    books.commit({ mode: wanted.data });
    res.json(wanted.data);
  });

  router.post("/prune-keys", (_req, res) => {
    books.commit({ keys_forgotten: true });
    res.json({ pruned: true });
  });

  return router;
}
