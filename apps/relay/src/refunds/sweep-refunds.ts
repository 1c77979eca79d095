import {
  dispatchRefundsAgain,
  findOutdatedRefundDeadLetters,
  findOverdueRefunds,
  isQueuePaused,
  listDeadLetteredRefunds,
} from "@payonce/db";
import { REFUNDS_QUEUE, refundDeadLetterJobId, refundJobId } from "@payonce/domain";
import type pg from "pg";
import { mendLetters } from "../mend-dead-letters.ts";
import { type Swept, sweepOverdue } from "../sweep-overdue.ts";
import type { RefundQueues } from "./refund-queues.ts";

/** The sweep of the refunds: lost jobs, the operators' pause and the dead letters, as for the charges. */
export async function sweepRefunds(pool: pg.Pool, queues: RefundQueues, graceMs: number): Promise<Swept> {
  await queues.setPaused(await isQueuePaused(pool, REFUNDS_QUEUE));
  const swept = await sweepOverdue(pool, graceMs, {
    findOverdue: findOverdueRefunds,
    async findLost(overdue) {
      const jobOf = ({ id, dispatch }: { id: string; dispatch: number }) => ({ refundId: id, dispatch });
      const lost = await queues.findLostJobs(overdue.map(jobOf));
      return overdue.filter((refund) => lost.has(refundJobId(jobOf(refund))));
    },
    dispatchAgain: dispatchRefundsAgain,
  });
  await mendLetters({
    queue: queues,
    idOf: ({ refundId }) => refundId,
    jobIdOf: refundDeadLetterJobId,
    list: (after, limit) => listDeadLetteredRefunds(pool, after, limit),
    findOutdated: (letters) => findOutdatedRefundDeadLetters(pool, letters),
  });
  return swept;
}
