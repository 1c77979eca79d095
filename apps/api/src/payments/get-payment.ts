import type { Database, PaymentRow } from "@payonce/db";
import { getPaymentQuerySchema, isFinal } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { RequestHandler } from "express";
import { etagOf, namesTag } from "./etag.ts";
import type { PaymentWaiters } from "./payment-waiters.ts";
import { showPayment, visiblePayment } from "./visible-payment.ts";
import { waitForPayment } from "./wait-for-payment.ts";

/**
 * `GET /v1/payments/{id}`, 304 where `If-None-Match` names its tag. With `?wait=20` it answers after so many seconds at the
 * latest: as soon as the payment is final or, with `If-None-Match`, as soon as it is not as the tag says any more.
 */
export function getPayment(db: Database, waiters: PaymentWaiters): RequestHandler {
  return async (request, response) => {
    const { wait } = validate(getPaymentQuerySchema, request.query, "parameter_invalid");
    const known = request.get("if-none-match");
    const isNews = (payment: PaymentRow) =>
      known === undefined ? isFinal(payment.status) : !namesTag(known, etagOf(showPayment(payment, response)));
    const read = visiblePayment(db, request, response);
    const payment = showPayment(
      wait === 0 ? await read() : await waitForPayment(read, isNews, waiters, wait, response),
      response,
    );
    const etag = etagOf(payment);
    // Kept by the client alone, and asked for again each time.
    response.set({ ETag: etag, "Cache-Control": "private, no-cache" });
    if (known !== undefined && namesTag(known, etag)) return void response.status(304).end();
    response.json(payment);
  };
}
