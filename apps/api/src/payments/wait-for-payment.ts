import type { PaymentRow } from "@payonce/db";
import type { Response } from "express";
import type { PaymentWaiters } from "./payment-waiters.ts";

/** Reads a payment until it is as wanted, the time is over, or the client has gone. */
export async function waitForPayment(
  read: () => Promise<PaymentRow>,
  isWanted: (payment: PaymentRow) => boolean,
  waiters: PaymentWaiters,
  waitSeconds: number,
  response: Response,
): Promise<PaymentRow> {
  const deadline = performance.now() + waitSeconds * 1_000;
  const ended = new AbortController();
  response.once("close", () => ended.abort());
  // The client may have gone while its key was looked up.
  if (response.destroyed) ended.abort();
  try {
    let payment = await read();
    while (!isWanted(payment) && performance.now() < deadline && !ended.signal.aborted) {
      // Listening begins before the second look, so an announcement between the two is not missed.
      const woken = waiters.wait(payment.id, deadline - performance.now(), ended.signal);
      response.locals.leaveInFlight();
      payment = await read();
      if (isWanted(payment) || !(await woken)) break;
      payment = await read();
    }
    return payment;
  } finally {
    // Also frees the waiter when it is not needed any more, or when the database went away.
    ended.abort();
  }
}
