import { z } from "zod";
import { idSchema } from "./ids.ts";

/** The Redis stream that announces payments. Trimmed: readers are woken by it and read Postgres for what they missed. */
export const PAYMENT_EVENTS_STREAM = "payment-events";

export const paymentEventSchema = z.object({
  payment_id: idSchema("pay"),
  version: z.coerce.number().int().min(1),
});
export type PaymentEvent = z.output<typeof paymentEventSchema>;
