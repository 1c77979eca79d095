import { newId, PUBLIC_EVENTS, type PublicKind, publicEventId } from "@payonce/domain";
import type { Database } from "./connect.ts";
import { createWebhookEndpoint, type WebhookEndpointRow } from "./webhooks/endpoints.ts";
import { fanOutEvents, readUndeliveredEvents } from "./webhooks/fan-out.ts";
import { createSecretBox } from "./webhooks/secret-box.ts";

/** Opens what the tests' endpoints keep. */
export const TEST_SECRET_BOX = createSecretBox([Buffer.alloc(32, 7)]);
export const TEST_WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

/** An endpoint that wants every event, unless said otherwise. */
export async function insertWebhookEndpoint(
  { pool }: Database,
  merchantId: string,
  { url = "https://shop.example/hooks", events = ["*"] }: { url?: string; events?: string[] } = {},
): Promise<WebhookEndpointRow> {
  const endpoint = await createWebhookEndpoint(pool, { merchantId, url, events, description: null }, (id) =>
    TEST_SECRET_BOX.seal(id, TEST_WEBHOOK_SECRET),
  );
  if (!endpoint) throw new Error("the merchant has too many endpoints already");
  return endpoint;
}

/** Makes the deliveries of what has happened so far, as the notifier does; gives their ids, one for each endpoint. */
export async function deliverAllEvents({ pool }: Database): Promise<string[]> {
  const events = await readUndeliveredEvents(
    pool,
    ["queued", "succeeded", "declined", "canceled", "retry_wait"],
    1_000,
  );
  const deliveries = events.flatMap((event) =>
    event.endpoints.map(({ id, isEnabled }) => ({
      id: newId("whd"),
      endpointId: id,
      eventId: publicEventId(event),
      eventType: PUBLIC_EVENTS[event.kind as PublicKind],
      paymentId: event.paymentId,
      version: event.version,
      kind: event.kind,
      refundId: event.refundId,
      at: event.at,
      isHeld: !isEnabled,
    })),
  );
  await fanOutEvents(pool, events, deliveries);
  return deliveries.map(({ id }) => id);
}
