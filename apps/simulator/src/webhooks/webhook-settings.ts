import { z } from "zod";
import { MAX_DELAY_MS } from "../mode.ts";

export const DEFAULT_SECRET = "whsec_simulator";

export const webhookUrl = z.url({
  protocol: /^https?$/,
  error: "must be an http or https URL; set for example http://127.0.0.1:3000/v1/provider-webhooks/stripe",
});

/** Where webhooks go. Without a url none are sent, and none are kept for later. */
export type WebhookEndpoint = { readonly url: string | null; readonly secret: string };

export const endpointSchema = z.strictObject({
  url: webhookUrl.nullable(),
  secret: z.string().min(1).max(255).optional(),
});

export const webhookFaultsSchema = z.strictObject({
  /** Each event is sent twice at the same time. */
  duplicate: z.boolean().optional(),
  /** Waited before each event's first try. */
  delay_ms: z.int().min(0).max(MAX_DELAY_MS).optional(),
  /** An event is tried once before the answer leaves to the call that caused it. */
  before_answer: z.boolean().optional(),
  /** Of two events that follow each other the second goes first. */
  reorder: z.boolean().optional(),
  /** The share of events that are never sent. */
  drop: z.number().min(0).max(1).optional(),
  /** With each event goes a false one that claims success and is signed with another secret. */
  forge: z.boolean().optional(),
});

export type WebhookFaults = z.infer<typeof webhookFaultsSchema>;

export const lateEventSchema = z.strictObject({
  payment_intent: z.string(),
  type: z.string().min(1).max(100),
  /** How long ago it says that it happened. */
  age_s: z.int().min(0).max(1_000_000_000).default(0),
  /** Of an event sent before, to send it again. */
  id: z
    .string()
    .regex(/^evt_\w{1,100}$/)
    .optional(),
});
