import { z } from "zod";
import { describeCall } from "../openapi/operation.ts";

export const receiveStripeEventCall = describeCall({
  operationId: "receiveStripeEvent",
  method: "post",
  path: "/v1/provider-webhooks/stripe",
  tag: "Running it",
  summary: "Receive an event of Stripe",
  description: `For Stripe, not for merchants: point a webhook endpoint of your Stripe account here. An event is a hint and no more: it
has Stripe asked about the payment, so it may come twice, late or in any order. It is there where the installation has
Stripe's signing secret.`,
  access: "everybody",
  headers: z.object({
    "Stripe-Signature": z.string().meta({ description: "As Stripe makes it; at most five minutes old" }),
  }),
  body: {
    schema: z.looseObject({}).meta({ id: "StripeEvent", description: "An event of Stripe, of at most 128 kB" }),
    example: {
      id: "evt_1PqYhN2eZvKYlo2C",
      object: "event",
      type: "payment_intent.succeeded",
      created: 1795339900,
      data: { object: { id: "pi_3PqYhM2eZvKYlo2C", object: "payment_intent" } },
    },
  },
  answers: {
    200: {
      description: "It is verified and stored, or it is about nothing of ours.",
      schema: z.strictObject({
        received: z.literal(true),
        ignored: z.boolean().meta({ description: "Whether it was known before, or is about nothing of ours" }),
      }),
      example: { received: true, ignored: false },
    },
  },
  problems: ["webhook_signature_invalid", "body_too_large", "content_type_unsupported"],
});
