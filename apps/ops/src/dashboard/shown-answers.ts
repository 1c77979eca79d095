import type { AppJob, AppQueue } from "@bull-board/api/typings/app";
import { redactText } from "./redact-text.ts";
import { showJob } from "./show-job.ts";
import type { ShownQueue } from "./shown-queues.ts";

interface Asked {
  queues: readonly ShownQueue[];
  queueName: string;
  jobId: string;
}

/**
 * The reading routes of bull-board that are open, in its own notation, each with what is shown of its answer. What is not
 * named here is closed: what tells about the Redis server and its clients, what we make no use of, and what a later version
 * brings.
 */
export const SHOWN_ANSWERS: Record<string, (body: never, asked: Asked) => unknown> = {
  "/api/queues": ({ queues: listed }: { queues: AppQueue[] }, { queues }) => ({
    queues: listed.map((queue) => ({
      ...queue,
      jobs: queue.jobs.map((job) => showJob(job, named(queue.name, queues))),
    })),
  }),
  "/api/queues/:queueName/:jobId": ({ job, status }: { job: AppJob; status: string }, { queues, queueName }) => ({
    job: showJob(job, named(queueName, queues)),
    status,
  }),
  "/api/queues/:queueName/:jobId/logs": (lines: string[]) => lines.map(redactText),
  // Our jobs have no parents and no children.
  "/api/queues/:queueName/:jobId/flow": (_body, { jobId }) => ({ nodeId: jobId, isFlowNode: false, flowRoot: null }),
  // The two that a queue's info panel asks for.
  "/api/queues/:queueName/default-job-options": () => ({}),
  "/api/queues/:queueName/rate-limit": (limit) => limit,
};

function named(name: string, queues: readonly ShownQueue[]): ShownQueue {
  const queue = queues.find((shown) => shown.name === name);
  if (!queue) throw new Error(`${name} is not among the queues that are shown`);
  return queue;
}
