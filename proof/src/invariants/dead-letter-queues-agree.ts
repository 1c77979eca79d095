import { DEAD_LETTER_QUEUE, deadLetterJobId, REFUND_DEAD_LETTER_QUEUE, refundDeadLetterJobId } from "@payonce/domain";
import type { Invariant, Violation } from "./invariant.ts";

export const deadLetterQueuesAgree: Invariant = {
  id: "12",
  says: "the dead-letter queues hold exactly the dead-lettered payments and refunds",
  holds: "at_rest",
  find({ queues, payments, refunds }) {
    const waiting = (name: string) => queues.find(({ queue }) => queue === name)?.waitingIds ?? [];
    const dead = payments
      .filter(({ status }) => status === "dead_lettered")
      .map(({ id, version }) => deadLetterJobId({ paymentId: id, version }));
    const deadRefunds = refunds
      .filter(({ status }) => status === "dead_lettered")
      .map(({ id, version }) => refundDeadLetterJobId({ refundId: id, version }));
    return [
      ...compare(DEAD_LETTER_QUEUE, dead, waiting(DEAD_LETTER_QUEUE)),
      ...compare(REFUND_DEAD_LETTER_QUEUE, deadRefunds, waiting(REFUND_DEAD_LETTER_QUEUE)),
    ];
  },
};

function compare(queue: string, wanted: string[], found: string[]): Violation[] {
  const [want, have] = [new Set(wanted), new Set(found)];
  const say = (jobId: string, what: string) => ({ paymentId: /^pay_\w+/.exec(jobId)?.[0] ?? null, what });
  return [
    ...wanted.filter((id) => !have.has(id)).map((id) => say(id, `is a dead letter, and ${queue} has no job ${id}`)),
    ...found.filter((id) => !want.has(id)).map((id) => say(id, `${queue} has the job ${id} of no dead letter`)),
  ];
}
