import { API_KEY_KINDS, API_KEY_MODES, type ApiKey, type ListedMerchant, type Merchant } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import { z } from "zod";

const fields = {
  // A merchant that a person put into the database by hand has whatever id it was given.
  id: z.string(),
  object: z.literal("merchant"),
  name: z.string(),
  created_at: z.iso.datetime(),
};

export const merchantSummarySchema = z
  .strictObject({ ...fields, live_keys: z.int().meta({ description: "API keys that are accepted now" }) })
  .meta({ id: "MerchantSummary", description: "A merchant as a list shows it" });

const keySchema = z
  .strictObject({
    id: idSchema("key"),
    kind: z.enum(API_KEY_KINDS),
    mode: z.enum(API_KEY_MODES),
    prefix: z
      .string()
      .meta({ description: "Its first characters, to tell keys apart; the rest is known to nobody here" }),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable().meta({ description: "To the minute" }),
    revoked_at: z.iso.datetime().nullable().meta({ description: "In the future while another replaces it" }),
  })
  .meta({ id: "MerchantKey" });

export const merchantSchema = z
  .strictObject({
    ...fields,
    allowed_origins: z
      .array(z.string())
      .meta({ description: "From which web pages its publishable keys are taken, in the order of the alphabet" }),
    keys: z.array(keySchema).meta({ description: "The newest 100" }),
  })
  .meta({ id: "Merchant", description: "Who takes payments here" });

export function toMerchantSummary(merchant: ListedMerchant): z.input<typeof merchantSummarySchema> {
  return { ...toFields(merchant), live_keys: merchant.liveKeys };
}

export function toMerchant(
  merchant: Merchant,
  origins: readonly string[],
  keys: readonly ApiKey[],
): z.input<typeof merchantSchema> {
  return {
    ...toFields(merchant),
    allowed_origins: [...origins],
    keys: keys.map(({ id, kind, mode, prefix, createdAt, lastUsedAt, revokedAt }) => ({
      id,
      kind,
      mode,
      prefix,
      created_at: createdAt.toISOString(),
      last_used_at: lastUsedAt?.toISOString() ?? null,
      revoked_at: revokedAt?.toISOString() ?? null,
    })),
  };
}

function toFields({ id, name, createdAt }: Merchant) {
  return { id, object: "merchant" as const, name, created_at: createdAt.toISOString() };
}

export const EXAMPLE_MERCHANT_ID = "mer_01m814esw7e00bgbyj9j5g8yxa";

const EXAMPLE_FIELDS = {
  id: EXAMPLE_MERCHANT_ID,
  object: "merchant" as const,
  name: "Bookshop",
  created_at: "2026-11-01T10:00:00.000Z",
};

export const EXAMPLE_MERCHANT_SUMMARY: z.input<typeof merchantSummarySchema> = { ...EXAMPLE_FIELDS, live_keys: 2 };

export const EXAMPLE_MERCHANT: z.input<typeof merchantSchema> = {
  ...EXAMPLE_FIELDS,
  allowed_origins: ["https://shop.example"],
  keys: [
    {
      id: "key_01m814esw7e00bgbyj9j5g8yxa",
      kind: "publishable",
      mode: "live",
      prefix: "pk_live_4fGh",
      created_at: "2026-11-01T10:00:00.000Z",
      last_used_at: "2026-11-22T09:31:00.000Z",
      revoked_at: null,
    },
  ],
};

/** The path parameter of everything about one merchant. */
export const merchantParams = z.strictObject({
  id: idSchema("mer").meta({ description: "The merchant's id", example: EXAMPLE_MERCHANT_ID }),
});
