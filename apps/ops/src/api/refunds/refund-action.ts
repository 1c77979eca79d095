import { idSchema, REFUND_STATES, type RefundState } from "@payonce/domain";
import { z } from "zod";

/** What an action left of a refund. */
export const refundActionSchema = z
  .strictObject({
    object: z.literal("refund_action"),
    action: z.enum(["retry", "discard", "resolve", "look_up"]),
    refund_id: idSchema("ref"),
    status: z.enum(REFUND_STATES).meta({ description: "As the action left it; it may have moved on since" }),
    version: z.int().meta({ description: "As the action left it" }),
  })
  .meta({ id: "RefundAction", description: "What an operator's action left of a refund" });

type Action = z.output<typeof refundActionSchema>["action"];

export function toRefundAction(
  action: Action,
  { id, status, version }: { id: string; status: RefundState; version: number },
): z.input<typeof refundActionSchema> {
  return { object: "refund_action", action, refund_id: id, status, version };
}

/** An example for the description of an action. */
export function refundActionExample(action: Action, status: RefundState) {
  return toRefundAction(action, { id: EXAMPLE_REFUND_ID, status, version: 8 });
}

export const EXAMPLE_REFUND_ID = "ref_01m814esw7e00bgbyj9j5g8yxa";

/** The path parameter of everything about one refund. */
export const refundParams = z.strictObject({
  id: idSchema("ref").meta({ description: "The refund's id", example: EXAMPLE_REFUND_ID }),
});
