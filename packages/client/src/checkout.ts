import type { BrowserPayment, CreatedBrowserPayment, CreatePaymentRequest } from "@payonce/domain";
import { type CallOptions, type ConnectionOptions, createConnection } from "./connection.ts";
import { hasEnded } from "./following.ts";
import { type Attempt, type AttemptStorage, keepAttempt } from "./kept-attempt.ts";
import { pause } from "./pause.ts";
import { PayonceError } from "./payonce-error.ts";
import { shareCalls } from "./share-calls.ts";
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

const SECRET_HEADER = "Payonce-Client-Secret";
/** Mending is needed where two tabs have missed each other, and another tab's write takes a moment to be seen. */
const MAX_MENDINGS = 5;
const MENDING_MS = 200;

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
  const secretOf = ({ id, secret }: Attempt) => ({ [SECRET_HEADER]: `${id}_secret_${secret}` });
  const retrieve = (attempt: Attempt, call: CallOptions) =>
    connection.send<BrowserPayment>({ path: `/v1/payments/${attempt.id}`, headers: secretOf(attempt), ...call });
  const keep = (attempt: Attempt) => {
    current = attempt;
    // What was taken on counts, whatever another tab has written meanwhile.
    keeper.write(attempt);
  };

  /** @param spentKey one that means another request at the server */
  const findAttempt = (body: string, spentKey?: string) =>
    keeper.change((kept) =>
      kept && kept.body === body && kept.key !== spentKey && !closed.has(kept.id ?? "")
        ? kept
        : { secret: kept?.secret ?? randomHex(), key: randomHex(), body },
    );

  const submit = async (body: string, call: CallOptions): Promise<BrowserPayment> => {
    let attempt = await findAttempt(body);
    for (let mendings = 0; ; mendings++) {
      try {
        const { key, secret } = attempt;
        const headers = { "Idempotency-Key": key, [SECRET_HEADER]: secret };
        const sent = { method: "POST" as const, path: "/v1/payments", body, headers, ...call };
        const { client_secret: _, ...payment } = await connection.send<CreatedBrowserPayment>(sent);
        keep({ ...attempt, id: payment.id });
        return payment;
      } catch (error) {
        if (!(error instanceof PayonceError) || mendings === MAX_MENDINGS) throw error;
        if (error.code === "idempotency_key_reused") attempt = await findAttempt(body, attempt.key);
        else if (error.code === "order_already_paid_for") {
          const id = error.problem?.payment?.split("/").pop();
          if (id) {
            // An earlier attempt, or another tab's, is under way or has succeeded: that is the order's payment.
            keep({ ...attempt, id });
            return await retrieve({ ...attempt, id }, call);
          }
          // Made with a secret that was not kept here. Another tab may be about to write it down.
          await pause(MENDING_MS, call.signal);
          if (keeper.read()?.secret === attempt.secret && mendings === MAX_MENDINGS - 1) throw error;
          attempt = await findAttempt(body);
        } else throw error;
      }
    }
  };
  const share = shareCalls(submit);

  return {
    async pay(request, call = {}) {
      return told(await share(JSON.stringify({ ...request, order_reference: order }), call));
    },
    async resume(call = {}) {
      const kept = keeper.read();
      if (!kept) return { kind: "none" };
      if (!kept.id) return { kind: "unanswered" };
      try {
        const payment = told(await retrieve(kept, call));
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
      if (!current?.id) throw new Error("There is no payment to wait for: pay first");
      const onUpdate: WaitOptions<BrowserPayment>["onUpdate"] = (payment, event) =>
        wait.onUpdate?.(told(payment), event);
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

/** 32 random bytes. Also where `crypto.randomUUID` is not: on pages without TLS. */
function randomHex(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
