import express, { Router } from "express";
import type { Books } from "./books.ts";
import { modeSchema } from "./mode.ts";
import { isOpen, type Outages, outagesSchema } from "./outages.ts";
import { describeRefundFaults, nextRefundsSchema } from "./refunds/refund-faults.ts";
import { ledgerRefund } from "./refunds/refund-register.ts";
import { invalidRequest } from "./stripe-errors.ts";

const BAD_MODE = invalidRequest(
  'Send JSON such as {"mode":"slow"}. The modes are "up", "down" and "slow", also "rate_limited", "unauthorized", ' +
    '"reset" and "hang". "slow" may have delay_ms, 0 to 600000; "reset" and "hang" may have executes, true or false.',
  { param: "mode" },
);

const BAD_OUTAGES = invalidRequest(
  'Send JSON such as {"seed":7,"windows":[{"after_ms":0,"for_ms":500,"mode":"flaky","share":0.3}]}: up to 100 windows ' +
    'of "slow", "down", "rate_limited", "unauthorized", "reset", "hang" or "flaky", within a day.',
  { param: "windows" },
);

const BAD_REFUND_FAULT = invalidRequest(
  'Send JSON such as {"fault":"timeout_executed","times":3}. GET /_sim/refund-faults lists the faults.',
  { param: "fault" },
);

/** What tests and people steer the simulator by. No provider has these, so they live outside /v1. */
export function controlRoutes(books: Books, now: () => Date): Router {
  const router = Router({ caseSensitive: true });

  router.get("/ledger", (_req, res) => {
    const refunds = [...books.refunds.all.oldestFirst()].map(ledgerRefund);
    res.json({ charges: books.charges(), refunds });
  });

  router.get("/mode", (_req, res) => void res.json(books.settings().mode));

  router.post("/mode", express.json({ limit: "1kb" }), (req, res) => {
    const wanted = modeSchema.safeParse({ ...req.query, ...req.body });
    if (!wanted.success) return void res.status(BAD_MODE.status).json(BAD_MODE.body);
    books.commit({ mode: wanted.data });
    res.json(wanted.data);
  });

  router.get("/outages", (_req, res) => void res.json(outagesNow(books.settings().outages, now())));

  router.post("/outages", express.json({ limit: "32kb" }), (req, res) => {
    const wanted = outagesSchema.safeParse(req.body);
    if (!wanted.success) return void res.status(BAD_OUTAGES.status).json(BAD_OUTAGES.body);
    books.commit({ outages: { ...wanted.data, started_at: now().toISOString() } });
    res.json(outagesNow(books.settings().outages, now()));
  });

  router.delete("/outages", (_req, res) => {
    books.commit({ outages: null });
    res.json(outagesNow(null, now()));
  });

  router.get("/refund-faults", (_req, res) => void res.json(refundFaults(books)));

  router.post("/refund-faults", express.json({ limit: "1kb" }), (req, res) => {
    const wanted = nextRefundsSchema.safeParse(req.body);
    if (!wanted.success) return void res.status(BAD_REFUND_FAULT.status).json(BAD_REFUND_FAULT.body);
    books.commit({ next_refunds: wanted.data });
    res.json(refundFaults(books));
  });

  router.delete("/refund-faults", (_req, res) => {
    books.commit({ next_refunds: null });
    res.json(refundFaults(books));
  });

  router.post("/prune-keys", (req, res) => {
    books.commit({ keys_forgotten: req.query.of === "payment_intents" ? "payment_intents" : true });
    res.json({ pruned: true });
  });

  return router;
}

function refundFaults(books: Books) {
  return { next_refunds: books.settings().next_refunds, faults: describeRefundFaults() };
}

/** The script as it was sent, and which of its windows are open. */
function outagesNow(outages: Outages | null, now: Date) {
  if (outages === null) return { outages: null, open: [] };
  const sinceMs = now.getTime() - Date.parse(outages.started_at);
  return { outages, open: outages.windows.filter((window) => isOpen(window, sinceMs)) };
}
