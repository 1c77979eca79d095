import { type CompareRefundsJob, REFUNDS_QUEUE, type RefundJob, type RefundJobName } from "@payonce/domain";
import { type QueueWorkerOptions, startQueueWorker } from "../queue-worker.ts";
import { type ProcessRefundOptions, processRefundJob } from "./process-refund-job.ts";

export interface RefundWorkerOptions extends ProcessRefundOptions, QueueWorkerOptions {}

/** Takes jobs from `refunds`. */
export function startRefundWorker(options: RefundWorkerOptions) {
  return startQueueWorker<RefundJob | CompareRefundsJob, RefundJobName>(
    REFUNDS_QUEUE,
    (job, token) => processRefundJob(options, job, token),
    options,
  );
}
