import { describeTokens } from "./tokens.ts";

/** What GET / answers. */
export const DESCRIPTION = {
  name: "Payment provider simulator",
  about:
    "Speaks Stripe's wire form for PaymentIntents and refunds. No real money moves. Any key starting with sk_test_ is taken.",
  endpoints: {
    "POST /v1/payment_intents": "create",
    "GET /v1/payment_intents": "list, newest first",
    "GET /v1/payment_intents/{id}": "retrieve",
    "POST /v1/payment_intents/{id}/confirm": "confirm: charges the card",
    "POST /v1/payment_intents/{id}/cancel": "cancel",
    "GET /v1/charges": "list charges, also declined ones, newest first",
    "GET /v1/charges/{id}": "retrieve a charge",
    "POST /v1/refunds": "refund a captured charge, or a part of it",
    "GET /v1/refunds": "list refunds, of one payment_intent where it is named, newest first",
    "GET /v1/refunds/{id}": "retrieve a refund",
    "GET /v1/account": "the account all keys belong to",
    "GET /_sim/ledger": "every captured charge, and every refund, oldest first",
    "GET /_sim/mode": "the current mode",
    "POST /_sim/mode":
      'JSON {"mode": "up" | "down" | "slow" | "rate_limited" | "unauthorized" | "reset" | "hang", "delay_ms"?: number, ' +
      '"executes"?: boolean}',
    "GET /_sim/outages": "the script of outages, and which are open",
    "POST /_sim/outages":
      'JSON {"seed"?: number, "windows": [{"after_ms", "for_ms", "mode": as above or "flaky", "share"?: 0 to 1}]}',
    "DELETE /_sim/outages": "end the outages",
    "GET /_sim/refund-faults": "what refunds can meet, and what the next ones will",
    "POST /_sim/refund-faults": 'JSON {"fault": one of those, "times"?: number}',
    "DELETE /_sim/refund-faults": "end it",
    "POST /_sim/prune-keys": "forget all idempotency keys; with ?of=payment_intents those of refunds are kept",
    "GET /_sim/webhooks": "where webhooks go, and how many are undelivered",
    "POST /_sim/webhooks": 'JSON {"url": string | null, "secret"?: string}',
    "DELETE /_sim/webhooks": "back to SIMULATOR_WEBHOOK_URL",
    "GET /_sim/webhooks/faults": "the current webhook faults",
    "POST /_sim/webhooks/faults":
      'JSON {"duplicate"?, "before_answer"?, "reorder"?, "forge"?: boolean, "delay_ms"?: number, "drop"?: 0 to 1}',
    "POST /_sim/webhooks/send":
      'send a signed event now: JSON {"payment_intent": id, "type": string, "age_s"?: number, "id"?: event id}',
    "GET /healthz": "alive",
  },
  payment_methods: describeTokens(),
};
