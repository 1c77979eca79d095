import type {
  BrowserPayment,
  PaymentResource,
  RefundResource,
  TimelineEvent,
  WebhookDeliveryResource,
  WebhookEndpointResource,
  WebhookEvent,
} from "@payonce/domain";

export const PAYMENT_ID = "pay_01kahw9n5zf0p8x1yq3e7c2m4t";
export const REFUND_ID = "ref_01kahwc3d4exvtb06p9ks8w21m";
export const ENDPOINT_ID = "whe_01kahwd7r1ehasv4ckf2yq83ng";
export const DELIVERY_ID = "whd_01kahwdk0ze5br8yvg1tn7x6cp";

/** A payment that was just accepted. */
export const QUEUED_PAYMENT: PaymentResource = {
  id: PAYMENT_ID,
  object: "payment",
  amount: 4200,
  currency: "eur",
  status: "queued",
  outcome_unknown: false,
  payment_method: "pm_card_visa",
  order_reference: "3001",
  description: "Two tickets",
  metadata: { cart: "c-77" },
  failure_code: null,
  attempts: 0,
  amount_refunded: 0,
  amount_refund_pending: 0,
  refund_status: "none",
  next_attempt_at: "2026-11-22T09:31:40.007Z",
  version: 1,
  created_at: "2026-11-22T09:31:40.007Z",
  updated_at: "2026-11-22T09:31:40.007Z",
};

export const SUCCEEDED_PAYMENT: PaymentResource = {
  ...QUEUED_PAYMENT,
  status: "succeeded",
  attempts: 1,
  next_attempt_at: null,
  version: 4,
  updated_at: "2026-11-22T09:31:40.812Z",
};

export const CANCELED_PAYMENT: PaymentResource = {
  ...QUEUED_PAYMENT,
  status: "canceled",
  next_attempt_at: null,
  version: 2,
  updated_at: "2026-11-22T09:31:41.330Z",
};

const CLIENT_SECRET = `${PAYMENT_ID}_secret_b6a1f0d94e7c25830fa96cd1e4b7728d53f0c96ab1e8d47c02f59b36ea81d70c`;

export const CREATED_PAYMENT = { ...QUEUED_PAYMENT, client_secret: CLIENT_SECRET };

const { metadata: _, ...browserPayment } = SUCCEEDED_PAYMENT;
export const BROWSER_PAYMENT: BrowserPayment = browserPayment;

export const EVENTS: TimelineEvent[] = [
  event("payment.queued", "queued", 1, "2026-11-22T09:31:40.007Z"),
  event("payment.processing", "charging", 2, "2026-11-22T09:31:40.031Z"),
  event("payment.succeeded", "succeeded", 4, "2026-11-22T09:31:40.812Z"),
];

function event(type: TimelineEvent["type"], kind: string, version: number, at: string): TimelineEvent {
  const id = `evt_${PAYMENT_ID}_${version}_${kind}`;
  return { id, object: "event", type, payment: PAYMENT_ID, refund: null, version, failure_code: null, at };
}

export const EVENT_STREAM = [
  "retry: 2140",
  "",
  ...EVENTS.slice(2).flatMap((event) => [
    `id: ${event.version}`,
    `event: ${event.type}`,
    `data: ${JSON.stringify({ ...event, data: SUCCEEDED_PAYMENT })}`,
    "",
  ]),
  "",
].join("\n");

export const REFUND: RefundResource = {
  id: REFUND_ID,
  object: "refund",
  payment: PAYMENT_ID,
  amount: 1000,
  currency: "eur",
  status: "queued",
  outcome_unknown: false,
  reason: "requested_by_customer",
  metadata: { ticket: "t-12" },
  failure_code: null,
  attempts: 0,
  next_attempt_at: "2026-11-22T10:02:17.400Z",
  version: 1,
  created_at: "2026-11-22T10:02:17.400Z",
  updated_at: "2026-11-22T10:02:17.400Z",
};

export const SUCCEEDED_REFUND: RefundResource = {
  ...REFUND,
  status: "succeeded",
  attempts: 1,
  next_attempt_at: null,
  version: 3,
  updated_at: "2026-11-22T10:02:18.205Z",
};

export const ENDPOINT: WebhookEndpointResource = {
  id: ENDPOINT_ID,
  object: "webhook_endpoint",
  url: "https://shop.example/hooks/payonce",
  events: ["payment.succeeded", "payment.declined"],
  description: "Shop",
  status: "enabled",
  disabled_reason: null,
  disabled_at: null,
  failing_since: null,
  previous_secret_expires_at: null,
  created_at: "2026-11-22T08:00:00.000Z",
  updated_at: "2026-11-22T08:00:00.000Z",
};

export const WEBHOOK_SECRET = "whsec_Qd0nWjNn5yS3oKqvW8a2mB6lH1xTzPcYgUeRkF4sDA0=";

export const DELIVERY: WebhookDeliveryResource = {
  id: DELIVERY_ID,
  object: "webhook_delivery",
  endpoint: ENDPOINT_ID,
  event_id: EVENTS[2]?.id ?? "",
  event_type: "payment.succeeded",
  payment: PAYMENT_ID,
  payment_version: 4,
  refund: null,
  status: "succeeded",
  dead_letter_reason: null,
  attempts: 1,
  next_attempt_at: null,
  last_attempt: {
    at: "2026-11-22T09:31:40.903Z",
    duration_ms: 48,
    http_status: 204,
    error: null,
    response: null,
  },
  delivered_at: "2026-11-22T09:31:40.951Z",
  created_at: "2026-11-22T09:31:40.830Z",
};

export const WEBHOOK_EVENT: WebhookEvent = {
  id: EVENTS[2]?.id ?? "",
  type: "payment.succeeded",
  timestamp: "2026-11-22T09:31:40.812Z",
  version: 4,
  refund: null,
  data: SUCCEEDED_PAYMENT,
};
