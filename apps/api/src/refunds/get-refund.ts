import { type Database, findRefund } from "@payonce/db";
import { idSchema, PayonceError } from "@payonce/domain";
import type { RequestHandler } from "express";
import { toRefundResource } from "./to-refund-resource.ts";

/** `GET /v1/refunds/{id}` */
export function getRefund(db: Database): RequestHandler {
  return async (request, response) => {
    const id = idSchema("ref").safeParse(request.params.id).data;
    // Another merchant's refund is not found either: who has no right to it learns nothing of it.
    const refund = id ? await findRefund(db, { id, merchantId: response.locals.merchantId }) : null;
    if (!refund) throw new PayonceError("refund_not_found", "You have no refund with this id.");
    response.json(toRefundResource(refund));
  };
}
