import { type Database, findPayment } from "@payonce/db";
import { getPaymentQuerySchema, idSchema, PayonceError } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { RequestHandler } from "express";
import type { PaymentWaiters } from "./payment-waiters.ts";
import { toPaymentResource } from "./to-payment-resource.ts";
import { untilFinal } from "./until-final.ts";

/** `GET /v1/payments/{id}`; with `?wait=20` as soon as the payment is final, at the latest after so many seconds. */
export function getPayment(db: Database, waiters: PaymentWaiters): RequestHandler {
  return async (request, response) => {
    const { wait } = validate(getPaymentQuerySchema, request.query, "parameter_invalid");
    const read = readPayment(db, { id: request.params.id, merchantId: response.locals.merchantId });
    const payment = wait === 0 ? await read() : await untilFinal(read, waiters, wait, response);
    response.json(toPaymentResource(payment));
  };
}

/** Reads one payment of this merchant, again at each call. Throws `payment_not_found`. */
export function readPayment(db: Database, { id, merchantId }: { id: unknown; merchantId: string }) {
  const paymentId = idSchema("pay").safeParse(id).data;
  return async () => {
    // Another merchant's payment is not found either: who has no right to it learns nothing of it.
    const payment = paymentId ? await findPayment(db, { id: paymentId, merchantId }) : null;
    if (!payment) throw new PayonceError("payment_not_found", "You have no payment with this id.");
    return payment;
  };
}
