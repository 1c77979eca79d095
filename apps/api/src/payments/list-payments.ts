import { type Database, listPayments as readPayments, toPaymentResource } from "@payonce/db";
import { listPaymentsQuerySchema } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { RequestHandler } from "express";

/**
 * `GET /v1/payments`: newest first. `starting_after` takes the last id of the page before, `ending_before` the first id of
 * the page after; `has_more` is about the direction that is being gone in.
 */
export function listPayments(db: Database): RequestHandler {
  return async (request, response) => {
    const { limit, ...query } = validate(listPaymentsQuerySchema, request.query, "parameter_invalid");
    const rows = await readPayments(db, {
      merchantId: response.locals.merchantId,
      statuses: query.status,
      orderReference: query.order_reference,
      createdFrom: query.created_from,
      createdTo: query.created_to,
      startingAfter: query.starting_after,
      endingBefore: query.ending_before,
      // One more than asked for tells whether there is another page.
      limit: limit + 1,
    });
    const page = query.ending_before === undefined ? rows.slice(0, limit) : rows.slice(-limit);
    response.json({ object: "list", data: page.map(toPaymentResource), has_more: rows.length > limit });
  };
}
