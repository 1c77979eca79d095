import { type Database, findPayment, listRefunds as readRefunds } from "@payonce/db";
import { idSchema, listRefundsQuerySchema, PayonceError } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { RequestHandler } from "express";
import { toRefundResource } from "./to-refund-resource.ts";

/** `GET /v1/payments/{id}/refunds`: newest first; `starting_after` takes the last id of the page before. */
export function listRefunds(db: Database): RequestHandler {
  return async (request, response) => {
    const { limit, starting_after } = validate(listRefundsQuerySchema, request.query, "parameter_invalid");
    const { merchantId } = response.locals;
    const paymentId = idSchema("pay").safeParse(request.params.id).data;
    const payment = paymentId ? await findPayment(db, { id: paymentId, merchantId }) : null;
    if (!payment) throw new PayonceError("payment_not_found", "You have no payment with this id.");
    // One more than asked for tells whether there is a next page.
    const page = { paymentId: payment.id, merchantId, limit: limit + 1, startingAfter: starting_after };
    const rows = await readRefunds(db, page);
    response.json({ object: "list", data: rows.slice(0, limit).map(toRefundResource), has_more: rows.length > limit });
  };
}
