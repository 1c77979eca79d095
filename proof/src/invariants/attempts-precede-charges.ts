import type { Invariant } from "./invariant.ts";

const CONFIRM_KEY = /^(att_\w+)-confirm$/;
/** The books are written in whole milliseconds, cut off. */
const CLOCK_GRAIN_MS = 1;

/** Say it before you do it: a charge names, in its idempotency key, the attempt that announced it. */
export const attemptsPrecedeCharges: Invariant = {
  id: "8",
  says: "every captured charge was announced by an attempt that began before it",
  holds: "always",
  find({ books, attempts }) {
    const byId = new Map(attempts.map((attempt) => [attempt.id, attempt]));
    return books.charges.flatMap(({ id, payment_id: paymentId, idempotency_key, captured_at }) => {
      const attempt = byId.get(CONFIRM_KEY.exec(idempotency_key ?? "")?.[1] ?? "");
      if (!attempt || attempt.paymentId !== paymentId) return [{ paymentId, what: `no attempt announced ${id}` }];
      const isBefore = attempt.startedAt.getTime() <= Date.parse(captured_at) + CLOCK_GRAIN_MS;
      return isBefore ? [] : [{ paymentId, what: `${id} was captured before its attempt was announced` }];
    });
  },
};
