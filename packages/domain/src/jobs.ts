import { z } from "zod";
import { idSchema } from "./ids.ts";

/** BullMQ queues. A job only wakes: amount, status and what to do next are read from Postgres. */
export const CHARGES_QUEUE = "charges";
export const DEAD_LETTER_QUEUE = "charges-dead-letter";

/** `charge-payment` waits for its time; `look-again` looks at once, because evidence has come in. */
export type ChargeJobName = "charge-payment" | "look-again";

export const chargeJobSchema = z.strictObject({
  paymentId: idSchema("pay"),
  /** Which wake-up of the payment this is. The sweep raises it when a job was lost. */
  dispatch: z.int().min(0),
});
export type ChargeJob = z.output<typeof chargeJobSchema>;

/** BullMQ ignores an id it already holds, also of a finished job: so each dispatch has an id of its own. */
export function chargeJobId({ paymentId, dispatch }: ChargeJob): string {
  return `${paymentId}-${dispatch}`;
}

export const deadLetterJobSchema = z.strictObject({
  paymentId: idSchema("pay"),
  /** The payment's version when it was dead-lettered: a second dead letter of one payment is another job. */
  version: z.int().min(1),
});
export type DeadLetterJob = z.output<typeof deadLetterJobSchema>;

export function deadLetterJobId({ paymentId, version }: DeadLetterJob): string {
  return `${paymentId}-v${version}`;
}
