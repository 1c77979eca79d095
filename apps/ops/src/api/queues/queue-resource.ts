import type { QueuePause } from "@payonce/db/operations";
import { z } from "zod";
import { PAUSABLE_QUEUES } from "../../actions/pause-queue.ts";
import type { JobCounts } from "./count-jobs.ts";

const count = z.int();

export const queueSchema = z
  .strictObject({
    object: z.literal("queue"),
    name: z.string(),
    can_be_paused: z.boolean(),
    paused: z.boolean().meta({ description: "Whether operators want its jobs left alone; kept in Postgres" }),
    pause_reason: z.string().nullable(),
    paused_at: z.iso.datetime().nullable(),
    jobs: z
      .strictObject({
        waiting: count,
        active: count,
        delayed: count.meta({ description: "Those that wait for their next attempt" }),
        prioritized: count,
        failed: count,
        completed: count,
      })
      .nullable()
      .meta({ description: "What Redis holds; null while it is away, and no payment is lost then" }),
  })
  .meta({ id: "Queue" });

export function toQueue(
  name: string,
  pause: QueuePause | undefined,
  jobs: JobCounts | null,
): z.input<typeof queueSchema> {
  return {
    object: "queue",
    name,
    can_be_paused: PAUSABLE_QUEUES.includes(name),
    paused: pause !== undefined,
    pause_reason: pause?.reason ?? null,
    paused_at: pause?.pausedAt.toISOString() ?? null,
    jobs,
  };
}

export const EXAMPLE_QUEUE: z.input<typeof queueSchema> = {
  object: "queue",
  name: "charges",
  can_be_paused: true,
  paused: false,
  pause_reason: null,
  paused_at: null,
  jobs: { waiting: 3, active: 8, delayed: 41, prioritized: 0, failed: 0, completed: 0 },
};

/** The path parameter of everything about one queue. */
export const queueParams = z.strictObject({
  queue: z
    .string()
    .regex(/^[\w-]{1,100}$/)
    .meta({ description: "The queue's name", example: "charges" }),
});
