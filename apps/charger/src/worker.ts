import { CHARGES_QUEUE, type ChargeJob, type ChargeJobName } from "@payonce/domain";
import { type ProcessOptions, processJob } from "./process-job.ts";
import { type QueueWorkerOptions, startQueueWorker } from "./queue-worker.ts";

export interface WorkerOptions extends ProcessOptions, QueueWorkerOptions {}

/** Takes jobs from `charges`. */
export function startWorker(options: WorkerOptions) {
  return startQueueWorker<ChargeJob, ChargeJobName>(
    CHARGES_QUEUE,
    (job, token) => processJob(options, job, token),
    options,
  );
}
