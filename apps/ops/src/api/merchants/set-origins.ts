import { z } from "zod";
import { setOrigins, setOriginsInput } from "../../actions/set-origins.ts";
import { reasonField } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { EXAMPLE_MERCHANT_ID, merchantParams } from "./merchant-resource.ts";

export const originsChangeSchema = z
  .strictObject({
    object: z.literal("allowed_origins"),
    merchant_id: z.string(),
    origins: z.array(z.string()),
    changed: z
      .boolean()
      .meta({ description: "False when they were so before; then nothing was done, and nothing audited" }),
  })
  .meta({ id: "AllowedOrigins", description: "From which web pages a merchant's publishable keys are taken" });

export function toOriginsChange(change: {
  merchantId: string;
  origins: readonly string[];
  changed: boolean;
}): z.input<typeof originsChangeSchema> {
  const { merchantId, origins, changed } = change;
  return { object: "allowed_origins", merchant_id: merchantId, origins: [...origins], changed };
}

const EXAMPLE_ORIGINS = ["https://shop.example"];

export const setOriginsOperation = defineOperation(
  {
    operationId: "setAllowedOrigins",
    method: "post",
    path: "/ops/v1/merchants/{id}/allowed_origins",
    tag: "Merchants",
    summary: "Say from which web pages a merchant's publishable keys are taken",
    description:
      "These, and no others, from now on; an empty list closes them to all. The merchant can change them as well.",
    role: "admin",
    params: merchantParams,
    body: {
      schema: setOriginsInput.extend({
        origins: setOriginsInput.shape.origins.meta({ description: "All of them", example: EXAMPLE_ORIGINS }),
        reason: reasonField,
      }),
      example: { origins: EXAMPLE_ORIGINS, reason: "The shop moves, ticket 4711" },
    },
    answers: {
      200: {
        description: "These are the origins.",
        schema: originsChangeSchema,
        example: toOriginsChange({ merchantId: EXAMPLE_MERCHANT_ID, origins: EXAMPLE_ORIGINS, changed: true }),
      },
    },
    notFound: "merchant_not_found",
  },
  async ({ dependencies, actor, params, body }) => {
    return { 200: toOriginsChange(await setOrigins(dependencies.db.pool, actor, params.id, body)) };
  },
);
