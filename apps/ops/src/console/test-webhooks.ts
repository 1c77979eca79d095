import { type Database, replaceOrigins } from "@payonce/db";
import { deliverAllEvents, insertMerchant, insertWebhookEndpoint, succeedOne } from "@payonce/db/testing";
import { HOSTILE } from "./test-payments.ts";

/** A delivery that was given up, to a receiver that answers with whatever it likes. */
export async function insertHostileDelivery(db: Database) {
  const merchantId = await insertMerchant(db);
  await replaceOrigins(db.pool, merchantId, ["https://shop.example"]);
  const { id: endpointId } = await insertWebhookEndpoint(db, merchantId);
  await succeedOne(db, merchantId);
  const [deliveryId = ""] = await deliverAllEvents(db);
  await db.pool.query(
    "UPDATE webhook_endpoints SET description = $2, url = 'https://shop.example/' || $2 WHERE id = $1",
    [endpointId, HOSTILE],
  );
  await db.pool.query(
    `UPDATE webhook_deliveries SET status = 'dead_lettered', dead_letter_reason = 'attempts_spent', next_action_at = NULL,
       attempts = 9, tries = 9, last_attempt_at = now(), last_duration_ms = 31, last_http_status = 500,
       last_error = 'http_500', last_response = $2 WHERE id = $1`,
    [deliveryId, HOSTILE],
  );
  return { merchantId, endpointId, deliveryId };
}
