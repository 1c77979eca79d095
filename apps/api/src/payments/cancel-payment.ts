import { cancelPayment as cancel, type Database, type PaymentRow } from "@payonce/db";
import { isFinal, PayonceError } from "@payonce/domain";
import { crashPoint } from "@payonce/service";
import type { RequestHandler } from "express";
import type { PaymentWaiters } from "./payment-waiters.ts";
import { toPaymentResource } from "./to-payment-resource.ts";
import { visiblePayment } from "./visible-payment.ts";
import { waitForPayment } from "./wait-for-payment.ts";

/** How long to wait for the provider's object to be closed before answering 202. */
const WAIT_SECONDS = 5;

/**
 * `POST /v1/payments/{id}/cancel`: 200 once it is canceled, also when it was before; 202 while its object at the provider
 * is still being closed; 409 when it is being charged, may have been charged, or has ended otherwise.
 */
export function cancelPayment(db: Database, waiters: PaymentWaiters): RequestHandler {
  return async (request, response) => {
    const { merchantId } = response.locals;
    const read = visiblePayment(db, request, response);
    const { id } = await read();
    crashPoint("cancel.before");
    const result = await cancel(db.pool, { id, merchantId });
    crashPoint("cancel.after");
    const isEnded = ({ status }: PaymentRow) => isFinal(status);
    const payment =
      result === "requested" ? await waitForPayment(read, isEnded, waiters, WAIT_SECONDS, response) : await read();
    if (result === "refused" || (isFinal(payment.status) && payment.status !== "canceled"))
      throw new PayonceError(
        "payment_not_cancelable",
        `The payment is ${payment.status}. ${REASONS[payment.status] ?? ""}`.trim(),
        {
          payment: `/v1/payments/${id}`,
        },
      );
    response.status(payment.status === "canceled" ? 200 : 202).json(toPaymentResource(payment));
  };
}

const REASONS: Record<string, string> = {
  charging: "It is with the provider at this moment; try again in a few seconds.",
  unknown: "Money may have moved; it can be neither canceled nor paid again until the provider has said what happened.",
  dead_lettered: "An operator has to decide about it.",
};
