import express, { Router } from "express";
import type { Books } from "../books.ts";
import { newId } from "../ids.ts";
import { unixSeconds } from "../payment-intents/payment-intent.ts";
import { invalidRequest, noSuchPaymentIntent } from "../stripe-errors.ts";
import { asToldBy } from "./as-told-by.ts";
import { wireForm } from "./webhook-event.ts";
import { endpointSchema, lateEventSchema, webhookFaultsSchema } from "./webhook-settings.ts";
import type { Webhooks } from "./webhooks.ts";

const BAD_ENDPOINT = invalidRequest('Send JSON such as {"url":"http://127.0.0.1:3000/hooks","secret":"whsec_x"}.');

const BAD_FAULTS = invalidRequest(
  'Send JSON such as {"duplicate":true,"delay_ms":500,"before_answer":true,"reorder":true,"drop":0.2,"forge":true}, ' +
    "with those that are wanted; {} ends them all.",
);

const BAD_EVENT = invalidRequest('Send JSON such as {"payment_intent":"pi_1","type":"payment_intent.succeeded"}.');

const NO_URL = invalidRequest("There is no url to send to: POST /_sim/webhooks sets one.");

type Options = { readonly books: Books; readonly webhooks: Webhooks; readonly now: () => Date };

/** What webhooks are steered by: under /_sim/webhooks. */
export function webhookRoutes({ books, webhooks, now }: Options): Router {
  const router = Router({ caseSensitive: true });
  router.use(express.json({ limit: "4kb" }));

  // Not the secret: a key has no place on a page.
  const state = () => ({
    url: webhooks.endpoint().url,
    undelivered: books.undelivered.size,
    faults: books.settings().webhook_faults,
  });
  router.get("/", (_req, res) => void res.json(state()));

  router.post("/", (req, res) => {
    const wanted = endpointSchema.safeParse(req.body);
    if (!wanted.success) return void res.status(BAD_ENDPOINT.status).json(BAD_ENDPOINT.body);
    const { url, secret = webhooks.endpoint().secret } = wanted.data;
    books.commit({ webhook_endpoint: { url, secret } });
    res.json(state());
  });

  router.delete("/", (_req, res) => {
    books.commit({ webhook_endpoint: null });
    res.json(state());
  });

  router.get("/faults", (_req, res) => void res.json(books.settings().webhook_faults));

  router.post("/faults", (req, res) => {
    const wanted = webhookFaultsSchema.safeParse(req.body);
    if (!wanted.success) return void res.status(BAD_FAULTS.status).json(BAD_FAULTS.body);
    books.commit({ webhook_faults: wanted.data });
    res.json(wanted.data);
  });

  router.post("/send", async (req, res) => {
    const wanted = lateEventSchema.safeParse(req.body);
    if (!wanted.success) return void res.status(BAD_EVENT.status).json(BAD_EVENT.body);
    if (webhooks.endpoint().url === null) return void res.status(NO_URL.status).json(NO_URL.body);
    const { payment_intent, type, age_s, id = newId("evt") } = wanted.data;
    const intent = books.intent(payment_intent)?.intent;
    const missing = noSuchPaymentIntent(payment_intent);
    if (intent === undefined) return void res.status(missing.status).json(missing.body);
    const stored = { id, type, created: unixSeconds(now()) - age_s, request: { id: null, idempotency_key: null } };
    const event = wireForm(stored, asToldBy(type, intent));
    res.json({ event, status: await webhooks.sendOnce(event) });
  });

  return router;
}
