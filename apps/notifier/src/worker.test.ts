import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { findPayment, toPaymentResource } from "@payonce/db";
import {
  acceptOne,
  emptyTables,
  insertWebhookEndpoint,
  refundOne,
  TEST_SECRET_BOX,
  TEST_WEBHOOK_SECRET,
} from "@payonce/db/testing";
import {
  claimDelivery,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  findWebhookEndpoint,
  redeliverForMerchant,
  rotateWebhookSecret,
} from "@payonce/db/webhooks";
import { webhookEventSchema } from "@payonce/domain";
import { Webhook } from "standardwebhooks";
import { createTestNotifier, type TestNotifier, until } from "./test-notifier.ts";
import { type Received, type Receiver, startReceiver } from "./test-receiver.ts";

let notifier: TestNotifier;
const receivers: Receiver[] = [];
beforeAll(async () => {
  notifier = await createTestNotifier();
});
afterAll(() => notifier.stop());
beforeEach(() => emptyTables(notifier.db, "payments", "webhook_endpoints", "webhook_outbox"));
afterEach(async () => {
  await notifier.stopWorkers();
  await notifier.jobs.obliterate({ force: true });
  for (const receiver of receivers.splice(0)) await receiver.close();
});

async function newReceiver(): Promise<Receiver> {
  const receiver = await startReceiver();
  receivers.push(receiver);
  return receiver;
}
const pool = () => notifier.db.pool;
const feed = async () => {
  while (await notifier.feed.runOnce());
};
const statuses = async () => (await notifier.deliveries()).map(({ status }) => status);
const all = async (status: string, count: number) => {
  const now = await statuses();
  return now.length === count && now.every((one) => one === status);
};

describe("a delivery", () => {
  test("brings the event and the payment as it is, signed as the receiver expects", async () => {
    const receiver = await newReceiver();
    const { merchantId } = await notifier.merchantWith(receiver.url, ["payment.succeeded"]);
    const id = await notifier.succeeded(merchantId);
    await feed();
    notifier.startWorker();
    await receiver.until(() => receiver.received.length === 1);
    const [got] = receiver.received;
    const event = new Webhook(TEST_WEBHOOK_SECRET).verify(got?.body ?? "", got?.headers ?? {});
    expect(webhookEventSchema.parse(event)).toEqual(event);
    const payment = await findPayment(notifier.db, { id, merchantId });
    expect(event).toMatchObject({ type: "payment.succeeded", data: payment && toPaymentResource(payment) });
    expect(got?.headers["webhook-id"]).toBe(`evt_${id}_3_succeeded`);
    expect(got?.headers).toMatchObject({
      "user-agent": "Payonce/test",
      "content-type": "application/json; charset=utf-8",
    });
    await until(() => all("succeeded", 1));
    expect(await notifier.deliveries()).toMatchObject([{ last_http_status: 204, last_error: null, attempts: 1 }]);
  });

  test("of a refund says which it is, and how much of the payment has gone back", async () => {
    const receiver = await newReceiver();
    const { merchantId } = await notifier.merchantWith(receiver.url, ["refund.requested"]);
    const refund = await refundOne(notifier.db, merchantId);
    await feed();
    notifier.startWorker();
    await until(() => all("succeeded", 1));
    const { event } = receiver.received[0] as Received;
    expect(webhookEventSchema.parse(event)).toMatchObject({ type: "refund.requested", refund });
    expect(event.data.amount_refund_pending).toBeGreaterThan(0);
    expect(await notifier.deliveries()).toMatchObject([{ refund_id: refund, payment_version: event.version }]);
  });

  test("is made to each endpoint of the merchant that wants the event, and to no other", async () => {
    const [every, some, none] = [await newReceiver(), await newReceiver(), await newReceiver()];
    const { merchantId } = await notifier.merchantWith(every.url);
    await insertWebhookEndpoint(notifier.db, merchantId, { url: some.url, events: ["payment.succeeded"] });
    await insertWebhookEndpoint(notifier.db, merchantId, { url: none.url, events: ["payment.canceled"] });
    await notifier.merchantWith(none.url);
    await notifier.succeeded(merchantId);
    await feed();
    notifier.startWorker();
    await until(() => all("succeeded", 3));
    expect(every.received.map(({ event }) => event.type).sort()).toEqual(["payment.queued", "payment.succeeded"]);
    expect(some.received.map(({ event }) => event.type)).toEqual(["payment.succeeded"]);
    expect(none.received).toEqual([]);
  });

  test("that fails is tried again until the receiver takes it, under the same id and newly signed", async () => {
    const receiver = await newReceiver();
    receiver.answerWith((response) => response.writeHead(receiver.received.length < 3 ? 500 : 200).end());
    const { merchantId } = await notifier.merchantWith(receiver.url);
    await acceptOne(notifier.db, merchantId);
    await feed();
    // Long ago: it is the attempt's time that receivers check.
    await pool().query("UPDATE webhook_deliveries SET event_at = now() - interval '1 day'");
    notifier.startWorker();
    await until(() => all("succeeded", 1));
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    for (const { body, headers } of receiver.received)
      expect(new Webhook(TEST_WEBHOOK_SECRET).verify(body, headers)).toBeDefined();
    expect(await notifier.deliveries()).toMatchObject([{ attempts: 3, tries: 3 }]);
  });

  test("is a dead letter once the tries are spent, and is sent again when its merchant asks", async () => {
    const receiver = await newReceiver();
    receiver.answerWith((response) => response.writeHead(404).end("no such hook"));
    const { merchantId } = await notifier.merchantWith(receiver.url);
    await acceptOne(notifier.db, merchantId);
    await feed();
    notifier.startWorker();
    await until(() => all("dead_lettered", 1));
    expect(receiver.received).toHaveLength(3);
    expect(await notifier.deliveries()).toMatchObject([
      { dead_letter_reason: "attempts_spent", last_http_status: 404, last_response: "no such hook" },
    ]);
    receiver.answerWith((response) => response.writeHead(200).end());
    const [delivery] = await notifier.deliveries();
    await redeliverForMerchant(pool(), { id: String(delivery?.id), merchantId });
    await feed();
    await until(() => all("succeeded", 1));
    expect(receiver.received).toHaveLength(4);
  });

  test("waits as long as the receiver asks for", async () => {
    const receiver = await newReceiver();
    receiver.answerWith((response) => response.writeHead(429, { "retry-after": "3600" }).end());
    const { merchantId } = await notifier.merchantWith(receiver.url);
    await acceptOne(notifier.db, merchantId);
    await feed();
    notifier.startWorker();
    await until(() => all("retry_wait", 1));
    const { rows } = await pool().query(
      "SELECT extract(epoch FROM next_action_at - last_attempt_at)::int AS wait FROM webhook_deliveries",
    );
    expect(rows).toEqual([{ wait: 3_600 }]);
  });

  test("carries what the payment is when it is sent, and not what it was", async () => {
    const receiver = await newReceiver();
    const { merchantId } = await notifier.merchantWith(receiver.url, ["payment.queued"]);
    await notifier.succeeded(merchantId);
    await feed();
    notifier.startWorker();
    await until(() => all("succeeded", 1));
    expect(receiver.received[0]?.event).toMatchObject({
      type: "payment.queued",
      version: 1,
      refund: null,
      data: { status: "succeeded", version: 3 },
    });
  });

  test("is signed with both secrets while one takes the other's place", async () => {
    const receiver = await newReceiver();
    const { merchantId, endpointId } = await notifier.merchantWith(receiver.url);
    const fresh = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;
    const secret = TEST_SECRET_BOX.seal(endpointId, fresh);
    await rotateWebhookSecret(pool(), { id: endpointId, merchantId }, { secret, overlapSeconds: 60 });
    await acceptOne(notifier.db, merchantId);
    await feed();
    notifier.startWorker();
    await until(() => all("succeeded", 1));
    for (const known of [fresh, TEST_WEBHOOK_SECRET])
      for (const { body, headers } of receiver.received) expect(new Webhook(known).verify(body, headers)).toBeDefined();
    await rotateWebhookSecret(pool(), { id: endpointId, merchantId }, { secret, overlapSeconds: 0 });
    await acceptOne(notifier.db, merchantId);
    await feed();
    await until(() => all("succeeded", 2));
    const last = receiver.received.at(-1);
    expect(() => new Webhook(TEST_WEBHOOK_SECRET).verify(last?.body ?? "", last?.headers ?? {})).toThrow();
  });

  test("sends nothing, and is tried again, while its secret cannot be read", async () => {
    const receiver = await newReceiver();
    const { merchantId, endpointId } = await notifier.merchantWith(receiver.url);
    await pool().query("UPDATE webhook_endpoints SET secret = 'x'");
    await acceptOne(notifier.db, merchantId);
    await feed();
    notifier.startWorker();
    await until(() => all("dead_lettered", 1));
    expect(await notifier.deliveries()).toMatchObject([{ last_error: "secret_unreadable", attempts: 3 }]);
    expect(receiver.received).toEqual([]);
    // The fault is ours, and is not held against the endpoint.
    expect(await findWebhookEndpoint(pool(), { id: endpointId, merchantId })).toMatchObject({ failingSince: null });
  });

  test("whose notifier died while sending is made by another when the lease is over", async () => {
    const receiver = await newReceiver();
    const { merchantId } = await notifier.merchantWith(receiver.url);
    await acceptOne(notifier.db, merchantId);
    await feed();
    const [delivery] = await notifier.deliveries();
    await claimDelivery(pool(), String(delivery?.id), 300);
    notifier.startWorker();
    await until(() => all("succeeded", 1));
    expect(await notifier.deliveries()).toMatchObject([{ attempts: 2 }]);
  });

  test("handed to two notifiers by many jobs is sent once", async () => {
    const receiver = await newReceiver();
    const { merchantId, endpointId } = await notifier.merchantWith(receiver.url);
    await acceptOne(notifier.db, merchantId);
    await feed();
    const [delivery] = await notifier.deliveries();
    for (let dispatch = 1; dispatch < 10; dispatch++)
      await notifier.queue.addJobs([{ deliveryId: String(delivery?.id), endpointId, dispatch }]);
    notifier.startWorker();
    notifier.startWorker();
    // Those that found it taken have put themselves off until the lease is over.
    await until(async () => (await all("succeeded", 1)) && (await notifier.jobs.getActiveCount()) === 0);
    await until(async () => {
      await notifier.jobs.promoteJobs();
      return (await notifier.jobs.getCompletedCount()) === 10;
    });
    expect(receiver.received).toHaveLength(1);
  });

  test("of job data that is none fails for good and harms nobody", async () => {
    notifier.startWorker();
    const job = await notifier.jobs.add("deliver-webhook", { deliveryId: "whd_1", url: "http://127.0.0.1/" });
    await until(() => job.isFailed());
  });
});

describe("an endpoint", () => {
  test("that is gone for good is disabled, and gets what was kept back once it is enabled", async () => {
    const receiver = await newReceiver();
    receiver.answerWith((response) => response.writeHead(410).end());
    const { merchantId, endpointId } = await notifier.merchantWith(receiver.url);
    await acceptOne(notifier.db, merchantId);
    await feed();
    notifier.startWorker();
    await until(() => notifier.disabled.splice(0).includes("gone"));
    const owned = { id: endpointId, merchantId };
    expect(await findWebhookEndpoint(pool(), owned)).toMatchObject({ status: "disabled", disabledReason: "gone" });
    // Two more happen while it is disabled.
    await acceptOne(notifier.db, merchantId);
    await acceptOne(notifier.db, merchantId);
    await feed();
    expect(await all("dead_lettered", 3)).toBe(true);
    expect(receiver.received).toHaveLength(1);
    receiver.answerWith((response) => response.writeHead(200).end());
    await enableWebhookEndpoint(pool(), owned);
    expect(await notifier.sweep.runOnce()).toMatchObject({ released: 3 });
    await feed();
    await until(() => all("succeeded", 3));
    expect(new Set(receiver.received.map(({ event }) => event.id)).size).toBe(3);
  });

  test("disabled by its merchant gets nothing any more, not even what was due", async () => {
    const receiver = await newReceiver();
    const { merchantId, endpointId } = await notifier.merchantWith(receiver.url);
    await acceptOne(notifier.db, merchantId);
    await feed();
    await disableWebhookEndpoint(pool(), { id: endpointId, merchantId });
    notifier.startWorker();
    await until(() => all("dead_lettered", 1));
    expect(receiver.received).toEqual([]);
  });

  test("to which nothing has got through for long is disabled, and says so", async () => {
    const receiver = await newReceiver();
    receiver.answerWith((response) => response.writeHead(500).end());
    const { merchantId, endpointId } = await notifier.merchantWith(receiver.url);
    await acceptOne(notifier.db, merchantId);
    await feed();
    notifier.startWorker({ retryWaitsMs: Array(100).fill(20), disableAfterMs: 200 });
    await until(() => notifier.disabled.splice(0).includes("failing"));
    expect(await findWebhookEndpoint(pool(), { id: endpointId, merchantId })).toMatchObject({
      status: "disabled",
      disabledReason: "failing",
    });
    await until(() => all("dead_lettered", 1));
    expect(await notifier.deliveries()).toMatchObject([{ dead_letter_reason: "endpoint_disabled" }]);
  });

  test("that never answers does not hold up the others, though it has far more to get than there are places", async () => {
    const [slow, quick] = [await newReceiver(), await newReceiver()];
    slow.answerWith(() => {});
    const [{ merchantId: waiting }, { merchantId: lucky }] = [
      await notifier.merchantWith(slow.url),
      await notifier.merchantWith(quick.url),
    ];
    for (let i = 0; i < 60; i++) await acceptOne(notifier.db, waiting);
    await feed();
    notifier.startWorker({ concurrency: 6, places: 3, timeoutMs: 60_000 });
    await slow.until(() => slow.received.length === 3);
    for (let i = 0; i < 30; i++) await acceptOne(notifier.db, lucky);
    await feed();
    await quick.until(() => quick.received.length === 30);
    expect(slow.received).toHaveLength(3);
    slow.answerWith((response) => response.writeHead(200).end());
    slow.server.closeAllConnections();
  });

  test("gets no more at once than there are places for it, and gets everything", async () => {
    const receiver = await newReceiver();
    let [open, most] = [0, 0];
    receiver.answerWith((response) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        response.writeHead(200).end();
      });
    });
    const { merchantId } = await notifier.merchantWith(receiver.url);
    for (let i = 0; i < 100; i++) await acceptOne(notifier.db, merchantId);
    await feed();
    notifier.startWorker({ concurrency: 50, places: 4 });
    await until(() => all("succeeded", 100));
    expect(most).toBeLessThanOrEqual(4);
    expect(receiver.received).toHaveLength(100);
  });
});
