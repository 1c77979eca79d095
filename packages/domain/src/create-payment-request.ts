import { z } from "zod";
import { containsCardNumber } from "./card-number.ts";
import { amountMinorSchema, currencySchema } from "./money.ts";
import { text } from "./text.ts";

const MAX_METADATA_KEYS = 50;

/** Up to 50 texts of the merchant's own. */
export const metadataSchema = z
  // A record leaves this key out without a word, and nothing that was sent may be lost silently.
  .unknown()
  .refine(
    (value) => typeof value !== "object" || value === null || !Object.hasOwn(value, "__proto__"),
    "must not have a key __proto__",
  )
  .pipe(metadataRecord())
  .meta({
    type: "object",
    additionalProperties: { type: "string", minLength: 1, maxLength: 500 },
    maxProperties: MAX_METADATA_KEYS,
    description: "Up to 50 texts of your own, with keys of at most 40 characters",
    example: { cart: "c-77" },
  });

function metadataRecord() {
  return z
    .record(
      text(40, "keys must be 1 to 40 characters"),
      text(500, "must be a string of 1 to 500 characters"),
      "must be an object whose values are strings",
    )
    .refine((value) => Object.keys(value).length <= MAX_METADATA_KEYS, `must have at most ${MAX_METADATA_KEYS} keys`);
}

/** Body of `POST /v1/payments`. Unknown fields are refused: a misspelt one must not be silently lost. */
export const createPaymentRequestSchema = z
  .strictObject({
    amount: amountMinorSchema,
    currency: currencySchema,
    payment_method: z
      .string("must be a payment method token such as pm_card_visa")
      .regex(/^pm_[A-Za-z0-9_]{1,200}$/, "must be a payment method token such as pm_card_visa")
      .refine((token) => !containsCardNumber(token), "must be a payment method token, not a card number")
      .meta({
        description: "The provider's token of what to charge, as its page elements make them. Card numbers are refused",
        example: "pm_card_visa",
      }),
    order_reference: text(200).optional().meta({
      description: "Your order. While one payment of it is under way or has succeeded, another one is refused (409)",
      example: "1001",
    }),
    description: text(500).optional().meta({ description: "For people: operators see it", example: "Two tickets" }),
    metadata: metadataSchema.optional(),
  })
  .meta({ id: "CreatePaymentRequest", description: "What to take" });

export type CreatePaymentRequest = z.output<typeof createPaymentRequestSchema>;

/**
 * Reads an `Idempotency-Key` header: the key bare, as Stripe sends it, or as the quoted string of the IETF draft. Both
 * spellings are the same key. Null when it is not 1 to 255 visible ASCII characters.
 */
export function parseIdempotencyKey(header: string): string | null {
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header);
  const key = quoted?.[1]?.replace(/\\(["\\])/g, "$1") ?? header;
  return /^[\x21-\x7e]{1,255}$/.test(key) ? key : null;
}
