import { z } from "zod";

export const queuePauseSchema = z
  .strictObject({
    object: z.literal("queue_pause"),
    queue: z.string(),
    paused: z.boolean(),
    changed: z
      .boolean()
      .meta({ description: "False when it was so before; then nothing was done, and nothing audited" }),
  })
  .meta({ id: "QueuePause", description: "Whether operators want a queue's jobs left alone" });

export function toQueuePause(pause: {
  queue: string;
  paused: boolean;
  changed: boolean;
}): z.input<typeof queuePauseSchema> {
  return { object: "queue_pause", ...pause };
}
