import { idSchema, PAYMENT_STATES, type PaymentState } from "@payonce/domain";
import { z } from "zod";

/** What an action left of a payment. */
export const paymentActionSchema = z
  .strictObject({
    object: z.literal("payment_action"),
    action: z.enum(["retry", "discard", "resolve", "look_up", "cancel"]),
    payment_id: idSchema("pay"),
    status: z.enum(PAYMENT_STATES).meta({ description: "As the action left it; it may have moved on since" }),
    version: z.int().meta({ description: "As the action left it" }),
  })
  .meta({ id: "PaymentAction", description: "What an operator's action left of a payment" });

type Action = z.output<typeof paymentActionSchema>["action"];

export function toPaymentAction(
  action: Action,
  { id, status, version }: { id: string; status: PaymentState; version: number },
) {
  return { object: "payment_action" as const, action, payment_id: id, status, version };
}

/** An example for the description of an action. */
export function paymentActionExample(action: Action, status: PaymentState) {
  return toPaymentAction(action, { id: EXAMPLE_PAYMENT_ID, status, version: 8 });
}

export const EXAMPLE_PAYMENT_ID = "pay_01m814esw7e00bgbyj9j5g8yxa";

/** The path parameter of everything about one payment. */
export const paymentParams = z.strictObject({
  id: idSchema("pay").meta({ description: "The payment's id", example: EXAMPLE_PAYMENT_ID }),
});
