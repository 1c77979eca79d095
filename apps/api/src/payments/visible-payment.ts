import { type Database, findPayment, type PaymentRow, toPaymentResource } from "@payonce/db";
import { type BrowserPayment, idSchema, type PaymentResource, PayonceError, toBrowserPayment } from "@payonce/domain";
import type { Request, Response } from "express";
import { CLIENT_SECRET_HEADER } from "../http/cross-origin.ts";
import { opensPayment } from "./client-secret.ts";

/**
 * The one place that says who may see a payment: whoever gets it from here may have it shown, with its timeline, now and for
 * as long as the request lasts. A publishable key sees the payment whose client secret comes with it.
 *
 * @returns reads the payment that the path names, again at each call; throws `payment_not_found`
 */
export function visiblePayment(db: Database, request: Request, response: Response): () => Promise<PaymentRow> {
  const { merchantId, isBrowser } = response.locals;
  const id = idSchema("pay").safeParse(request.params.id).data;
  const clientSecret = request.get(CLIENT_SECRET_HEADER);
  if (isBrowser && clientSecret === undefined)
    throw new PayonceError(
      "client_secret_missing",
      "With a publishable key send the `client_secret` that the answer to the payment's creation has.",
      { param: CLIENT_SECRET_HEADER },
    );
  return async () => {
    // Another merchant's payment is not found either: who has no right to it learns nothing of it.
    const payment = id ? await findPayment(db, { id, merchantId }) : null;
    if (!payment || (isBrowser && !(await opensPayment(db, payment, clientSecret ?? ""))))
      throw new PayonceError("payment_not_found", "You have no payment with this id.");
    return payment;
  };
}

/** A payment as whoever asks may see it. */
export function showPayment(payment: PaymentRow, { locals }: Response): PaymentResource | BrowserPayment {
  const resource = toPaymentResource(payment);
  return locals.isBrowser ? toBrowserPayment(resource) : resource;
}
