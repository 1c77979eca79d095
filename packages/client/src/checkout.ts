import type { BrowserPayment, CreatePaymentRequest } from "@payonce/domain";
import { type CallOptions, type ConnectionOptions, createConnection } from "./connection.ts";
import { hasEnded } from "./following.ts";
import { type Attempt, type AttemptStorage, keepAttempt } from "./kept-attempt.ts";
import { PayonceError } from "./payonce-error.ts";
import { shareCalls } from "./share-calls.ts";
import { retrievePayment, secretOf, submitPayment, type TakenAttempt } from "./submit-payment.ts";
import { type Result, type WaitOptions, waitForResult } from "./wait-for-result.ts";

export interface CheckoutOptions extends ConnectionOptions {
  /** The merchant's own name of what is paid for: sent as `order_reference`, of which Payonce takes one payment. */
  order: string;
  /** Where attempts are kept; `localStorage` where not said. */
  storage?: AttemptStorage;
}

/** What is known of an order's payment when a page is opened. */
export type Resumed =
  | { kind: "none" }
  /** Pay was pressed and no answer came. Nothing is sent without another click, which then means the same payment. */
  | { kind: "unanswered" }
  | { kind: "payment"; payment: BrowserPayment };

/** The payment of one order, from a web page. */
export interface Checkout {
  /**
   * Pays for the order, and answers as soon as Payonce has taken the payment on. However often it is called, by two clicks,
   * two tabs or after a reload, there is one payment, until one has been declined or canceled *and* this said so: the next
   * call is then another attempt. What is under way or has succeeded is answered with, whatever the request says now.
   *
   * @throws PayonceError; `retryable` means: nothing is known, and calling again is safe
   */
  pay(request: Omit<CreatePaymentRequest, "order_reference">, options?: CallOptions): Promise<BrowserPayment>;
  /** What became of an earlier click, in this tab before a reload or in another. Sends no payment. */
  resume(options?: CallOptions): Promise<Resumed>;
  /** Waits for the end of what `pay` or `resume` has answered with; `undecided` after two minutes, or `timeoutMs`. */
  waitForResult(options?: WaitOptions<BrowserPayment>): Promise<Result<BrowserPayment>>;
  /** Forgets the order in this browser. Not before its payment has ended: nobody could follow it from here any more. */
  forget(): void;
}

export function createCheckout({ order, storage, ...options }: CheckoutOptions): Checkout {
  const connection = createConnection(options);
  const keeper = keepAttempt(order, storage);
  /** Payments of which was said here that they will not be charged. */
  const closed = new Set<string>();
  let current: Attempt | undefined;

  const told = (payment: BrowserPayment) => {
    if (hasEnded(payment) && payment.status !== "succeeded") closed.add(payment.id);
    return payment;
  };
  const share = shareCalls(async (body, call) => {
    const { attempt, payment } = await submitPayment(connection, keeper, closed, body, call);
    current = attempt;
    // What was taken on counts, whatever another tab has written meanwhile.
    keeper.write(attempt);
    return payment;
  });

  return {
    async pay(request, call = {}) {
      return told(await share(JSON.stringify({ ...request, order_reference: order }), call));
    },
    async resume(call = {}) {
      const kept = keeper.read();
      if (!kept) return { kind: "none" };
      if (!isTaken(kept)) return { kind: "unanswered" };
      try {
        const payment = told(await retrievePayment(connection, kept, call));
        current = kept;
        return { kind: "payment", payment };
      } catch (error) {
        if (!(error instanceof PayonceError && error.code === "payment_not_found")) throw error;
        keeper.forget();
        return { kind: "none" };
      }
    },
    async waitForResult(wait = {}) {
      current ??= keeper.read();
      if (!current || !isTaken(current)) throw new Error("There is no payment to wait for: pay first");
      const onUpdate: typeof wait.onUpdate = (payment, event) => wait.onUpdate?.(told(payment), event);
      const result = await waitForResult(connection, current.id, secretOf(current), { ...wait, onUpdate });
      if (result.payment) told(result.payment);
      return result;
    },
    forget() {
      current = undefined;
      keeper.forget();
    },
  };
}

function isTaken(attempt: Attempt): attempt is TakenAttempt {
  return attempt.id !== undefined;
}
