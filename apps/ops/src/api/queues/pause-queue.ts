import { pauseQueue } from "../../actions/pause-queue.ts";
import { reasonBody } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { queuePauseSchema, toQueuePause } from "./queue-pause-resource.ts";
import { queueParams } from "./queue-resource.ts";

export const pauseQueueOperation = defineOperation(
  {
    operationId: "pauseQueue",
    method: "post",
    path: "/ops/v1/queues/{queue}/pause",
    tag: "Queues",
    summary: "Have a queue's jobs left alone",
    description: `Until it is resumed. \`charges\`, \`refunds\` and \`webhooks\` can be paused, each by itself: payments and refunds are
still accepted, and none is charged, refunded or told of. What is in hand is finished. Pausing twice is no error.`,
    role: "operator",
    params: queueParams,
    body: reasonBody,
    answers: {
      200: {
        description: "It is paused.",
        schema: queuePauseSchema,
        example: toQueuePause({ queue: "charges", paused: true, changed: true }),
      },
    },
    notFound: "queue_not_found",
  },
  async ({ dependencies, actor, params, body }) => {
    return { 200: toQueuePause(await pauseQueue(dependencies.db.pool, actor, params.queue, body)) };
  },
);
