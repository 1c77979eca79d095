import type { BrowserPayment, CreatedBrowserPayment } from "@payonce/domain";
import type { CallOptions, Connection } from "./connection.ts";
import type { Attempt, AttemptKeeper } from "./kept-attempt.ts";
import { pause } from "./pause.ts";
import { PayonceError } from "./payonce-error.ts";

/** An attempt that led to a payment. */
export type TakenAttempt = Attempt & { id: string };

const SECRET_HEADER = "Payonce-Client-Secret";
/** Mending is needed where two tabs have missed each other, and another tab's write takes a moment to be seen. */
const MAX_MENDINGS = 4;
const MENDING_MS = 200;

/** What opens the attempt's payment. */
export function secretOf({ id, secret }: TakenAttempt): Record<string, string> {
  return { [SECRET_HEADER]: `${id}_secret_${secret}` };
}

export function retrievePayment({ send }: Connection, attempt: TakenAttempt, call: CallOptions) {
  return send<BrowserPayment>({ path: `/v1/payments/${attempt.id}`, headers: secretOf(attempt), ...call });
}

/**
 * Has a payment taken on: under the key that is kept, where there is one for this body whose payment is not closed.
 *
 * @param closed payments of which the page was told that they will not be charged
 * @returns the order's payment, which may be an earlier one, and the attempt that led to it
 * @throws PayonceError, or the signal's reason
 */
export async function submitPayment(
  connection: Connection,
  keeper: AttemptKeeper,
  closed: ReadonlySet<string>,
  body: string,
  call: CallOptions,
): Promise<{ attempt: TakenAttempt; payment: BrowserPayment }> {
  /** @param spentKey one that means another request at the server */
  const findAttempt = (spentKey?: string) =>
    keeper.change((kept) =>
      kept && kept.body === body && kept.key !== spentKey && !closed.has(kept.id ?? "")
        ? kept
        : { secret: kept?.secret ?? randomHex(), key: randomHex(), body },
    );

  let attempt = await findAttempt();
  for (let mendings = 0; ; mendings++) {
    try {
      const headers = { "Idempotency-Key": attempt.key, [SECRET_HEADER]: attempt.secret };
      const sent = { method: "POST" as const, path: "/v1/payments", body, headers, ...call };
      const { client_secret: _, ...payment } = await connection.send<CreatedBrowserPayment>(sent);
      return { attempt: { ...attempt, id: payment.id }, payment };
    } catch (error) {
      if (!(error instanceof PayonceError) || mendings === MAX_MENDINGS) throw error;
      if (error.code === "idempotency_key_reused") attempt = await findAttempt(attempt.key);
      else if (error.code === "order_already_paid_for") {
        const id = error.problem?.payment?.split("/").pop();
        if (id) {
          // An earlier attempt, or another tab's, is under way or has succeeded: that is the order's payment.
          const taken = { ...attempt, id };
          return { attempt: taken, payment: await retrievePayment(connection, taken, call) };
        }
        // Made with a secret that was not kept here. Another tab may be about to write it down.
        await pause(MENDING_MS, call.signal);
        attempt = await findAttempt();
      } else throw error;
    }
  }
}

/** 32 random bytes. Also where `crypto.randomUUID` is not: on pages without TLS. */
function randomHex(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
