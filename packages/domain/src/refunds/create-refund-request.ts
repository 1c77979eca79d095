import { z } from "zod";
import { metadataSchema } from "../create-payment-request.ts";
import { amountMinorSchema } from "../money.ts";

/** Stripe's own three. `fraudulent` also has Stripe block the card from then on. */
export const REFUND_REASONS = ["duplicate", "fraudulent", "requested_by_customer"] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

/** Body of `POST /v1/payments/{id}/refunds`; `{}` refunds all that is left. Unknown fields are refused. */
export const createRefundRequestSchema = z
  .strictObject({
    amount: amountMinorSchema
      .optional()
      .meta({ description: "In minor units; without it all that is left of the payment", example: 1000 }),
    reason: z
      .enum(REFUND_REASONS, `must be one of ${REFUND_REASONS.join(", ")}`)
      .optional()
      .meta({ description: "Told to the provider. With `fraudulent` Stripe blocks the card from then on" }),
    metadata: metadataSchema.optional(),
  })
  .meta({ id: "CreateRefundRequest", description: "What to send back" });

export type CreateRefundRequest = z.output<typeof createRefundRequestSchema>;
