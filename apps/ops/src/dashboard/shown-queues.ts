import {
  CHARGES_QUEUE,
  chargeJobSchema,
  compareRefundsJobSchema,
  DEAD_LETTER_QUEUE,
  deadLetterJobSchema,
  REFUND_DEAD_LETTER_QUEUE,
  REFUNDS_QUEUE,
  refundDeadLetterJobSchema,
  refundJobSchema,
  WEBHOOKS_QUEUE,
  webhookJobSchema,
} from "@payonce/domain";
import { z } from "zod";

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
  {
    name: REFUNDS_QUEUE,
    description: "Wakes the charger for a refund. Delayed jobs wait for its next attempt, or for the next look at it.",
    data: z.union([refundJobSchema, compareRefundsJobSchema]),
  },
  {
    name: REFUND_DEAD_LETTER_QUEUE,
    description: "One job for each dead-lettered refund. A person decides on the page of its payment.",
    data: refundDeadLetterJobSchema,
  },
  {
    name: WEBHOOKS_QUEUE,
    description: "Wakes the notifier for a delivery to a merchant. Delayed jobs wait for its next attempt.",
    data: webhookJobSchema,
  },
];
