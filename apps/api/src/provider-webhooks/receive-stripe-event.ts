import { type Database, readInstallationId, recordProviderEvent } from "@payonce/db";
import { idSchema, PayonceError } from "@payonce/domain";
import { crashPoint } from "@payonce/service";
import type { RequestHandler } from "express";
import { z } from "zod";
import { findSignatureFault } from "./verify-signature.ts";

/** What is read of an event; the rest is Stripe's. A charge has copies of its PaymentIntent's metadata, a refund its own. */
const eventSchema = z.object({
  object: z.literal("event"),
  id: z.string().regex(/^\w{1,255}$/),
  type: z.string().regex(/^[\w.]{1,100}$/),
  created: z.int().nonnegative().max(99_999_999_999),
  data: z.object({
    object: z.object({
      object: z.string(),
      id: z.string().regex(/^\w{1,255}$/),
      payment_intent: z.unknown().optional(),
      metadata: z
        .object({
          payment_id: z.unknown().optional(),
          refund_id: z.unknown().optional(),
          installation_id: z.unknown().optional(),
        })
        .nullish(),
    }),
  }),
});

/**
 * `POST /v1/provider-webhooks/stripe`: 200 once the event is verified and stored. An event is a hint and no more: it has
 * the charger ask Stripe about the payment, or its refunds, so it may come twice, late, early or in any order. Events about
 * objects that other systems made at the same account are answered 200 and left alone.
 */
export function receiveStripeEvent(
  db: Database,
  { secrets, now }: { secrets: readonly string[]; now: () => number },
): RequestHandler {
  return async (request, response) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const header = request.get("stripe-signature") ?? "";
    const fault = findSignatureFault({ header, body }, secrets, now());
    if (fault) throw new PayonceError("webhook_signature_invalid", fault, { param: "Stripe-Signature" });
    const event = eventSchema.safeParse(parseJson(body));
    // Verified, so Stripe did send it: a kind of event that we have no use for.
    if (!event.success) return void response.json({ received: true, ignored: true });

    const { id, type, created, data } = event.data;
    const { object } = data;
    if (object.metadata?.installation_id !== (await readInstallationId(db.pool)))
      return void response.json({ received: true, ignored: true });
    crashPoint("hint.before");
    const isNew = await recordProviderEvent(db.pool, {
      id,
      type,
      paymentId: idSchema("pay").safeParse(object.metadata.payment_id).data ?? null,
      refundId: object.object === "refund" ? (idSchema("ref").safeParse(object.metadata.refund_id).data ?? null) : null,
      isAboutRefunds: object.object === "refund" || type.startsWith("charge.refund"),
      providerObjectId: object.object === "payment_intent" ? object.id : asId(object.payment_intent),
      createdAt: new Date(created * 1_000),
    });
    crashPoint("hint.after");
    response.json({ received: true, ignored: !isNew });
  };
}

function asId(value: unknown): string | null {
  return typeof value === "string" && /^\w{1,255}$/.test(value) ? value : null;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}
