import { z } from "zod";
import { idSchema } from "./ids.ts";

/** BullMQ queue of the deliveries to merchants. A job only wakes: whether and what is sent is read from Postgres. */
export const WEBHOOKS_QUEUE = "webhooks";

export const webhookJobSchema = z.strictObject({
  deliveryId: idSchema("whd"),
  /** Lets a notifier put off what a busy receiver cannot take yet without asking Postgres. */
  endpointId: idSchema("whe"),
  /** Which wake-up of the delivery this is: raised when a job was lost, and by each redelivery. */
  dispatch: z.int().min(0),
});
export type WebhookJob = z.output<typeof webhookJobSchema>;

/** BullMQ ignores an id it already holds, also of a finished job: so each dispatch has an id of its own. */
export function webhookJobId({ deliveryId, dispatch }: Pick<WebhookJob, "deliveryId" | "dispatch">): string {
  return `${deliveryId}-${dispatch}`;
}
