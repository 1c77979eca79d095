import { resumeQueue } from "../../actions/pause-queue.ts";
import { reasonBody } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { queuePauseSchema, toQueuePause } from "./queue-pause-resource.ts";
import { queueParams } from "./queue-resource.ts";

export const resumeQueueOperation = defineOperation(
  {
    operationId: "resumeQueue",
    method: "post",
    path: "/ops/v1/queues/{queue}/resume",
    tag: "Queues",
    summary: "Have a queue's jobs taken again",
    description: "Resuming a queue that is not paused is no error.",
    role: "operator",
    params: queueParams,
    body: reasonBody,
    answers: {
      200: {
        description: "It is not paused.",
        schema: queuePauseSchema,
        example: toQueuePause({ queue: "charges", paused: false, changed: true }),
      },
    },
    notFound: "queue_not_found",
  },
  async ({ dependencies, actor, params, body }) => {
    return { 200: toQueuePause(await resumeQueue(dependencies.db.pool, actor, params.queue, body)) };
  },
);
