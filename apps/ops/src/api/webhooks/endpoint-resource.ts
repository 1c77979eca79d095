import { ENDPOINT_COUNT_LIMIT, type OperatedEndpoint } from "@payonce/db/operations";
import { idSchema, WEBHOOK_DISABLED_REASONS } from "@payonce/domain";
import { z } from "zod";

const upTo = `; counted up to ${ENDPOINT_COUNT_LIMIT}`;

export const endpointSchema = z
  .strictObject({
    id: idSchema("whe"),
    object: z.literal("webhook_endpoint"),
    merchant_id: z.string(),
    merchant_name: z.string(),
    url: z.string(),
    events: z.array(z.string()),
    description: z.string().nullable(),
    status: z.enum(["enabled", "disabled"]),
    disabled_reason: z.enum(WEBHOOK_DISABLED_REASONS).nullable(),
    disabled_at: z.iso.datetime().nullable(),
    failing_since: z.iso.datetime().nullable().meta({ description: "Since when no attempt has got through" }),
    waiting: z.int().meta({ description: `Deliveries on their way${upTo}` }),
    dead_lettered: z.int().meta({ description: `Deliveries that were given up and can be sent again${upTo}` }),
    held: z.int().meta({ description: `Deliveries kept back until it is enabled${upTo}` }),
    last_success_at: z.iso.datetime().nullable().meta({ description: "Among its newest 200 deliveries" }),
    last_failure: z
      .strictObject({ at: z.iso.datetime(), http_status: z.int().nullable(), error: z.string() })
      .nullable()
      .meta({ description: "Among its newest 200 deliveries" }),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({
    id: "WebhookEndpoint",
    description: "Where a merchant is told of events. Its signing secrets are never shown",
  });

type Resource = z.input<typeof endpointSchema>;

export function toEndpoint(endpoint: OperatedEndpoint): Resource {
  const { lastFailure } = endpoint;
  return {
    id: endpoint.id,
    object: "webhook_endpoint",
    merchant_id: endpoint.merchantId,
    merchant_name: endpoint.merchantName,
    url: endpoint.url,
    events: endpoint.events,
    description: endpoint.description,
    status: endpoint.status,
    disabled_reason: endpoint.disabledReason,
    disabled_at: endpoint.disabledAt?.toISOString() ?? null,
    failing_since: endpoint.failingSince?.toISOString() ?? null,
    waiting: endpoint.waiting,
    dead_lettered: endpoint.deadLettered,
    held: endpoint.held,
    last_success_at: endpoint.lastSuccessAt?.toISOString() ?? null,
    last_failure: lastFailure && {
      at: lastFailure.at.toISOString(),
      http_status: lastFailure.httpStatus,
      error: lastFailure.error,
    },
    created_at: endpoint.createdAt.toISOString(),
    updated_at: endpoint.updatedAt.toISOString(),
  };
}

export const EXAMPLE_ENDPOINT: Resource = {
  id: "whe_01m814esw7e00bgbyj9j5g8yxa",
  object: "webhook_endpoint",
  merchant_id: "mer_01m814esw7e00bgbyj9j5g8yxa",
  merchant_name: "Bookshop",
  url: "https://shop.example/hooks",
  events: ["*"],
  description: null,
  status: "enabled",
  disabled_reason: null,
  disabled_at: null,
  failing_since: "2026-11-22T08:02:11.340Z",
  waiting: 12,
  dead_lettered: 3,
  held: 0,
  last_success_at: "2026-11-22T08:01:58.102Z",
  last_failure: { at: "2026-11-22T09:31:40.007Z", http_status: 503, error: "http_503" },
  created_at: "2026-11-01T10:00:00.000Z",
  updated_at: "2026-11-01T10:00:00.000Z",
};

/** The path parameter of everything about one endpoint. */
export const endpointParams = z.strictObject({
  id: idSchema("whe").meta({ description: "The endpoint's id", example: EXAMPLE_ENDPOINT.id }),
});
