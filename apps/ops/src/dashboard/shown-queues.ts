import { CHARGES_QUEUE, chargeJobSchema, DEAD_LETTER_QUEUE, deadLetterJobSchema } from "@payonce/domain";
import type { z } from "zod";

export interface ShownQueue {
  name: string;
  /** One line under the queue's name. */
  description: string;
  /** What a job of it may carry. Data that is anything else is not shown. */
  data: z.ZodType<object>;
}

/** The queues on the dashboard. Another one appears by being named here. */
export const SHOWN_QUEUES: readonly ShownQueue[] = [
  {
    name: CHARGES_QUEUE,
    description: "Wakes the charger for a payment. Delayed jobs wait for their payment's next attempt.",
    data: chargeJobSchema,
  },
  {
    name: DEAD_LETTER_QUEUE,
    description: "One job for each dead-lettered payment. A person decides on the payment's page.",
    data: deadLetterJobSchema,
  },
];
