import { z } from "zod";
import { idSchema } from "./ids.ts";
import { MAX_LIST_LIMIT } from "./payment-resource.ts";
import { PUBLIC_EVENT_TYPES } from "./public-event.ts";
import { text } from "./text.ts";
import { wholeNumber } from "./whole-number.ts";

/** So many endpoints a merchant may have: each one makes a delivery of every event. */
export const MAX_WEBHOOK_ENDPOINTS = 16;
/** How long the old secret signs beside the new one, where the merchant does not say. */
export const DEFAULT_SECRET_OVERLAP_SECONDS = 24 * 3_600;
const MAX_SECRET_OVERLAP_SECONDS = 7 * 24 * 3_600;

/** Stands for every event, also for those that are added one day. */
export const ALL_EVENTS = "*";

const eventsHint = `must be a list of names such as payment.succeeded, each once, or ["${ALL_EVENTS}"] for all`;
const eventsSchema = z
  .array(z.enum([ALL_EVENTS, ...PUBLIC_EVENT_TYPES], eventsHint), eventsHint)
  .min(1, eventsHint)
  .refine((events) => new Set(events).size === events.length, eventsHint)
  .refine((events) => !events.includes(ALL_EVENTS) || events.length === 1, eventsHint);

const fields = {
  /** Where it may lead is judged by the API, which knows what this installation allows. */
  url: text(2_048).meta({
    description: "Where to send them: `https://`, a public address, no port. With a test key `http://` will do",
    example: "https://shop.example/hooks/payonce",
  }),
  events: eventsSchema.meta({
    description: `The events to send; \`["${ALL_EVENTS}"]\`, all of them, where it is left out`,
    example: ["payment.succeeded", "payment.declined"],
  }),
  description: text(500).nullable().meta({ description: "For people", example: "Shop" }),
};

/** Body of `POST /v1/webhook_endpoints`. */
export const createWebhookEndpointSchema = z
  .strictObject({
    url: fields.url,
    events: fields.events.default([ALL_EVENTS]),
    description: fields.description.default(null),
  })
  .meta({ id: "CreateWebhookEndpointRequest", description: "Where to send what" });

/** Body of `PATCH /v1/webhook_endpoints/{id}`: what is left out stays as it is. */
export const updateWebhookEndpointSchema = z
  .strictObject({
    url: fields.url.optional(),
    events: fields.events.optional(),
    description: fields.description.optional(),
  })
  .meta({ id: "UpdateWebhookEndpointRequest", description: "What to change; what is left out stays as it is" });

const overlapHint = `must be a whole number of seconds from 0 to ${MAX_SECRET_OVERLAP_SECONDS}`;

/** Body of `POST /v1/webhook_endpoints/{id}/rotate_secret`; it may be left out. */
export const rotateWebhookSecretSchema = z
  .strictObject({
    overlap_seconds: z
      .int(overlapHint)
      .min(0, overlapHint)
      .max(MAX_SECRET_OVERLAP_SECONDS, overlapHint)
      .default(DEFAULT_SECRET_OVERLAP_SECONDS)
      .meta({ description: "For so long both secrets sign; 0 ends the old one at once, as after it leaked" }),
  })
  .meta({ id: "RotateWebhookSecretRequest", description: "How long the old secret goes on" });

export const listWebhookEndpointsQuerySchema = z.strictObject({
  limit: wholeNumber(1, MAX_LIST_LIMIT).default(10).meta({ description: "How many at the most", default: 10 }),
  starting_after: idSchema("whe").optional().meta({ description: "The last id of the page before" }),
});

/** Why an endpoint gets nothing: the merchant or an operator said so, it answered 410, or nothing got through for days. */
export const WEBHOOK_DISABLED_REASONS = ["merchant", "operator", "gone", "failing"] as const;
export type WebhookDisabledReason = (typeof WEBHOOK_DISABLED_REASONS)[number];

/** An endpoint as the API shows it. */
export const webhookEndpointResourceSchema = z
  .strictObject({
    id: idSchema("whe").meta({ description: "Sorts by the time of creation" }),
    object: z.literal("webhook_endpoint"),
    url: z.string().meta({ description: "Where events are sent" }),
    events: z.array(z.string()).meta({ description: `Which; \`["${ALL_EVENTS}"]\` is all of them` }),
    description: z.string().nullable().meta({ description: "For people" }),
    status: z.enum(["enabled", "disabled"]).meta({ description: "Whether it is sent anything" }),
    disabled_reason: z
      .enum(WEBHOOK_DISABLED_REASONS)
      .nullable()
      .meta({ description: "You said so, it answered 410, or nothing got through for days" }),
    disabled_at: z.iso.datetime().nullable().meta({ description: "Since when; null while it is enabled" }),
    failing_since: z.iso.datetime().nullable().meta({
      description:
        "Since when no attempt has got through; null when the last one did. After days of that it is disabled",
    }),
    previous_secret_expires_at: z.iso
      .datetime()
      .nullable()
      .meta({ description: "Until when the secret before the last rotation signs as well" }),
    created_at: z.iso.datetime().meta({ description: "UTC" }),
    updated_at: z.iso.datetime().meta({ description: "UTC; when it changed last" }),
  })
  .meta({ id: "WebhookEndpoint", description: "Where you are told of events" });
export type WebhookEndpointResource = z.output<typeof webhookEndpointResourceSchema>;

/** With the secret, which is shown when it is made and never again. */
export const newWebhookSecretResourceSchema = webhookEndpointResourceSchema
  .extend({
    secret: z.string().meta({ description: "Signs by Standard Webhooks: `whsec_` and base64. Shown this once" }),
  })
  .meta({ id: "NewWebhookSecret", description: "A webhook endpoint with its new signing secret" });
export type NewWebhookSecretResource = z.output<typeof newWebhookSecretResourceSchema>;
