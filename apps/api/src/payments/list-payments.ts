import { type Database, listPayments as readPayments } from "@payonce/db";
import { listPaymentsQuerySchema } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { RequestHandler } from "express";
import { toPaymentResource } from "./to-payment-resource.ts";

/** `GET /v1/payments`: newest first; `starting_after` takes the last id of the page before. */
export function listPayments(db: Database): RequestHandler {
  return async (request, response) => {
    const { limit, starting_after } = validate(listPaymentsQuerySchema, request.query, "parameter_invalid");
    const { merchantId } = response.locals;
    // One more than asked for tells whether there is a next page.
    const rows = await readPayments(db, { merchantId, limit: limit + 1, startingAfter: starting_after });
    response.json({
      object: "list",
      data: rows.slice(0, limit).map(toPaymentResource),
      has_more: rows.length > limit,
    });
  };
}
