import { z } from "zod";
import { idSchema } from "../ids.ts";

/**
 * BullMQ queues of the refunds. They are queues of their own, so that refunds can be paused, watched and slowed without the
 * charges, and a pile of one never stands in front of the other. A job only wakes, as with charges.
 */
export const REFUNDS_QUEUE = "refunds";
export const REFUND_DEAD_LETTER_QUEUE = "refunds-dead-letter";

/**
 * `refund-payment` waits for its time; `look-again` looks at once, because evidence has come in. `compare-refunds` is about
 * all refunds of one payment: something was refunded at the provider, and nobody said which of ours it was, if any.
 */
export type RefundJobName = "refund-payment" | "look-again" | "compare-refunds";

export const refundJobSchema = z.strictObject({
  refundId: idSchema("ref"),
  /** Which wake-up of the refund this is. The sweep raises it when a job was lost. */
  dispatch: z.int().min(0),
});
export type RefundJob = z.output<typeof refundJobSchema>;

export const compareRefundsJobSchema = z.strictObject({ paymentId: idSchema("pay") });
export type CompareRefundsJob = z.output<typeof compareRefundsJobSchema>;

/** BullMQ ignores an id it already holds, also of a finished job: so each dispatch has an id of its own. */
export function refundJobId({ refundId, dispatch }: RefundJob): string {
  return `${refundId}-${dispatch}`;
}

export const refundDeadLetterJobSchema = z.strictObject({
  refundId: idSchema("ref"),
  /** The refund's version when it was dead-lettered: a second dead letter of one refund is another job. */
  version: z.int().min(1),
});
export type RefundDeadLetterJob = z.output<typeof refundDeadLetterJobSchema>;

export function refundDeadLetterJobId({ refundId, version }: RefundDeadLetterJob): string {
  return `${refundId}-v${version}`;
}
