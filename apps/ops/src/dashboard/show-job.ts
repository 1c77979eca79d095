import type { AppJob } from "@bull-board/api/typings/app";
import { redactText } from "./redact-text.ts";
import type { ShownQueue } from "./shown-queues.ts";

const SHOWN_OPTIONS = ["attempts", "backoff", "delay", "jobId", "priority", "removeOnComplete", "removeOnFail"];

/**
 * What the dashboard shows of a job: when, how often, why it failed, and whose payment it is, with a link there. Built from
 * what is known to be harmless, so that nothing slips through that a later bull-board, or whoever writes to Redis, puts in.
 * BullMQ keeps stack traces with its jobs; they are for our logs.
 */
export function showJob(job: AppJob, { data: schema }: ShownQueue): AppJob {
  const data: object | undefined = schema.safeParse(job.data).data;
  const paymentId = data && "paymentId" in data ? data.paymentId : undefined;
  const { id, timestamp, processedOn, finishedOn, attempts, delay, isFailed, priority } = job;
  const { attemptsStarted, stalledCounter } = job;
  return {
    id,
    timestamp,
    processedOn,
    finishedOn,
    attempts,
    delay,
    isFailed,
    ...(priority && { priority }),
    ...(attemptsStarted && { attemptsStarted }),
    ...(stalledCounter && { stalledCounter }),
    name: redactText(job.name),
    progress: typeof job.progress === "number" ? job.progress : 0,
    failedReason: redactText(job.failedReason),
    stacktrace: [],
    opts: Object.fromEntries(Object.entries(job.opts).filter(([name]) => SHOWN_OPTIONS.includes(name))),
    data: data ?? { hidden: "This is not what a job of this queue carries." },
    // The charger returns what became of the payment, in a word or two.
    returnValue: redactText(job.returnValue) || undefined,
    ...(typeof paymentId === "string" && {
      externalUrl: { displayText: "Open the payment", href: `/payments/${paymentId}` },
    }),
  };
}
