import { listQueuePauses } from "@payonce/db/operations";
import { SHOWN_QUEUES } from "../../dashboard/shown-queues.ts";
import { defineOperation } from "../operation.ts";
import { listOf } from "../paging.ts";
import { EXAMPLE_QUEUE, queueSchema, toQueue } from "./queue-resource.ts";

export const listQueuesOperation = defineOperation(
  {
    operationId: "listQueues",
    method: "get",
    path: "/ops/v1/queues",
    tag: "Queues",
    summary: "List the queues",
    description: "Whether they are paused, and how many jobs they hold.",
    role: "viewer",
    answers: {
      200: {
        description: "The queues.",
        schema: listOf(queueSchema),
        example: { object: "list", data: [EXAMPLE_QUEUE], has_more: false },
      },
    },
  },
  async ({ dependencies: { db, countJobs } }) => {
    const names = SHOWN_QUEUES.map(({ name }) => name);
    const [pauses, counts] = await Promise.all([listQueuePauses(db.pool), Promise.all(names.map(countJobs))]);
    const data = names.map((name, index) =>
      toQueue(
        name,
        pauses.find(({ queue }) => queue === name),
        counts[index] ?? null,
      ),
    );
    return { 200: { object: "list" as const, data, has_more: false } };
  },
);
