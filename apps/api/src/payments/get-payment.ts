import { type Database, findPayment, type PaymentRow } from "@payonce/db";
import { getPaymentQuerySchema, idSchema, isFinal, PayonceError } from "@payonce/domain";
import type { RequestHandler } from "express";
import { validate } from "../http/validate.ts";
import type { PaymentWaiters } from "./payment-waiters.ts";
import { toPaymentResource } from "./to-payment-resource.ts";

/** `GET /v1/payments/{id}`; with `?wait=20` as soon as the payment is final, at the latest after so many seconds. */
export function getPayment(db: Database, waiters: PaymentWaiters): RequestHandler {
  return async (request, response) => {
    const { wait } = validate(getPaymentQuerySchema, request.query, "parameter_invalid");
    const id = idSchema("pay").safeParse(request.params.id).data;
    const { merchantId } = response.locals;
    const read = async () => {
      // Another merchant's payment is not found either: who has no right to it learns nothing of it.
      const payment = id ? await findPayment(db, { id, merchantId }) : null;
      if (!payment) throw new PayonceError("payment_not_found", "You have no payment with this id.");
      return payment;
    };
    const payment = wait === 0 ? await read() : await untilFinal(read, waiters, wait, response);
    response.json(toPaymentResource(payment));
  };
}

async function untilFinal(
  read: () => Promise<PaymentRow>,
  waiters: PaymentWaiters,
  waitSeconds: number,
  response: { once(event: "close", listener: () => void): unknown },
): Promise<PaymentRow> {
  const deadline = performance.now() + waitSeconds * 1_000;
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  let payment = await read();
  while (!isFinal(payment.status) && performance.now() < deadline && !gone.signal.aborted) {
    // Listening begins before the second look, so an announcement between the two is not missed.
    const woken = waiters.wait(payment.id, deadline - performance.now(), gone.signal);
    payment = await read();
    if (isFinal(payment.status)) gone.abort();
    if (!(await woken)) break;
    payment = await read();
  }
  return payment;
}
