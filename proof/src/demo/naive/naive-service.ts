import express, { type ErrorRequestHandler, type Express } from "express";
import type pg from "pg";
import { chargeCard, type ProviderOptions } from "./charge-card.ts";

/** The one table. */
export const NAIVE_TABLE = `
CREATE TABLE IF NOT EXISTS payments (
  id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_reference    text NOT NULL,
  amount_minor       bigint NOT NULL,
  currency           text NOT NULL,
  provider_object_id text NOT NULL,
  created_at         timestamptz NOT NULL DEFAULT now()
)`;

/**
 * The payment service that most of us write first: charge, then write, in one request. It checks that the order is not paid
 * yet, gives the provider a timeout, answers in good order, and loses money. What is missing is what Payonce is about.
 */
export function createNaiveService(pool: pg.Pool, provider: ProviderOptions): Express {
  const app = express();
  app.use(express.json());

  app.post("/v1/payments", async (req, res) => {
    const { order_reference, amount, currency, payment_method, description } = req.body;

    const paid = await pool.query("SELECT 1 FROM payments WHERE order_reference = $1", [order_reference]);
    if (paid.rows.length > 0) return void res.json({ status: "paid" });

    const charge = await chargeCard(provider, { amount, currency, payment_method, description });

    await pool.query(
      `INSERT INTO payments (order_reference, amount_minor, currency, provider_object_id)
       VALUES ($1, $2, $3, $4)`,
      [order_reference, amount, currency, charge.id],
    );
    res.json({ status: "paid" });
  });

  app.get("/healthz", (_req, res) => void res.json({ status: "ok" }));

  const answerError: ErrorRequestHandler = (_error, _req, res, _next) => {
    res.status(502).json({ error: "The payment failed. Please try again." });
  };
  app.use(answerError);
  return app;
}
