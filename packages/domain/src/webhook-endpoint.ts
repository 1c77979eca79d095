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
  url: text(2_048),
  events: eventsSchema,
  description: text(500).nullable(),
};

/** Body of `POST /v1/webhook_endpoints`. */
export const createWebhookEndpointSchema = z.strictObject({
  url: fields.url,
  events: fields.events.default([ALL_EVENTS]),
  description: fields.description.default(null),
});

/** Body of `PATCH /v1/webhook_endpoints/{id}`: what is left out stays as it is. */
export const updateWebhookEndpointSchema = z.strictObject({
  url: fields.url.optional(),
  events: fields.events.optional(),
  description: fields.description.optional(),
});

const overlapHint = `must be a whole number of seconds from 0 to ${MAX_SECRET_OVERLAP_SECONDS}`;

/** Body of `POST /v1/webhook_endpoints/{id}/rotate_secret`; it may be left out. */
export const rotateWebhookSecretSchema = z.strictObject({
  /** For so long both secrets sign; 0 ends the old one at once, as after it leaked. */
  overlap_seconds: z
    .int(overlapHint)
    .min(0, overlapHint)
    .max(MAX_SECRET_OVERLAP_SECONDS, overlapHint)
    .default(DEFAULT_SECRET_OVERLAP_SECONDS),
});

export const listWebhookEndpointsQuerySchema = z.strictObject({
  limit: wholeNumber(1, MAX_LIST_LIMIT).default(10),
  starting_after: idSchema("whe").optional(),
});

/** Why an endpoint gets nothing: the merchant or an operator said so, it answered 410, or nothing got through for days. */
export const WEBHOOK_DISABLED_REASONS = ["merchant", "operator", "gone", "failing"] as const;
export type WebhookDisabledReason = (typeof WEBHOOK_DISABLED_REASONS)[number];

/** An endpoint as the API shows it. */
export const webhookEndpointResourceSchema = z.strictObject({
  id: idSchema("whe"),
  object: z.literal("webhook_endpoint"),
  url: z.string(),
  events: z.array(z.string()),
  description: z.string().nullable(),
  status: z.enum(["enabled", "disabled"]),
  disabled_reason: z.enum(WEBHOOK_DISABLED_REASONS).nullable(),
  disabled_at: z.iso.datetime().nullable(),
  /** Since when no attempt has got through; null when the last one did. After days of that it is disabled. */
  failing_since: z.iso.datetime().nullable(),
  /** Until when the secret before the last rotation signs as well. */
  previous_secret_expires_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type WebhookEndpointResource = z.output<typeof webhookEndpointResourceSchema>;

/** With the secret, which is shown when it is made and never again. */
export const newWebhookSecretResourceSchema = webhookEndpointResourceSchema.extend({
  /** Signs by Standard Webhooks: `whsec_` and base64. */
  secret: z.string(),
});
export type NewWebhookSecretResource = z.output<typeof newWebhookSecretResourceSchema>;
