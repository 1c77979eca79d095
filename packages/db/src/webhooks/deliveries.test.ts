import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { firstIdAt, newId } from "@payonce/domain";
import { pauseQueue, resumeQueue } from "../operations/index.ts";
import {
  acceptOne,
  createTestDatabase,
  deliverAllEvents,
  emptyTables,
  insertMerchant,
  insertWebhookEndpoint,
  TEST_ACTOR,
  TEST_SECRET_BOX,
  TEST_WEBHOOK_SECRET,
} from "../testing.ts";
import { claimDelivery, type DeliveryClaim, readDeliveryWake } from "./claim-delivery.ts";
import {
  deleteWebhookEndpoint,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  findWebhookEndpoint,
  rotateWebhookSecret,
} from "./endpoints.ts";
import { redeliverForMerchant } from "./redeliver.ts";
import { type DeliverySettlement, holdDelivery, settleDelivery } from "./settle-delivery.ts";
import {
  deleteOldDeliveries,
  dispatchDeliveriesAgain,
  findDeliveriesWithoutJob,
  findOverdueDeliveries,
  noteJobsMade,
  releaseHeldDeliveries,
} from "./sweep-deliveries.ts";

const LEASE_MS = 60_000;
const DAY_MS = 86_400_000;
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
let endpointId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await emptyTables(testDatabase.db, "payments", "webhook_endpoints", "webhook_outbox");
  merchantId = await insertMerchant(testDatabase.db);
  endpointId = (await insertWebhookEndpoint(testDatabase.db, merchantId)).id;
});

const pool = () => testDatabase.db.pool;
const owned = () => ({ id: endpointId, merchantId });
async function newDelivery(): Promise<string> {
  await acceptOne(testDatabase.db, merchantId);
  const [id = ""] = await deliverAllEvents(testDatabase.db);
  return id;
}
const claim = (id: string) => claimDelivery(pool(), id, LEASE_MS);
async function claimed(id: string): Promise<DeliveryClaim> {
  const result = await claim(id);
  if (!result) throw new Error("expected a claim");
  return result;
}
const settle = (
  { deliveryId, version }: { deliveryId: string; version: number },
  outcome: DeliverySettlement["outcome"] = { kind: "failed", code: "http_status", waitMs: 60_000 },
  disableAfterMs = 5 * DAY_MS,
) =>
  settleDelivery(
    pool(),
    { deliveryId, version, outcome, httpStatus: 500, response: "no", durationMs: 7 },
    disableAfterMs,
  );
const read = async (id: string) => (await pool().query("SELECT * FROM webhook_deliveries WHERE id = $1", [id])).rows[0];
/** Another one as soon as the endpoint's row is written: it should not be with every delivery. */
const rowVersion = async () => (await pool().query("SELECT xmin::text FROM webhook_endpoints")).rows[0].xmin;
const endpoint = () => findWebhookEndpoint(pool(), owned());
const makeDue = (id: string) =>
  pool().query("UPDATE webhook_deliveries SET next_action_at = now() - interval '1 hour' WHERE id = $1", [id]);

describe("a claim of a delivery", () => {
  test("reads all that is sent: event, url, secrets and the payment as it is now", async () => {
    const id = await newDelivery();
    const { rows } = await pool().query("SELECT payment_id FROM webhook_deliveries");
    const paymentId = rows[0].payment_id;
    await pool().query("UPDATE payments SET version = 9, status = 'canceled', next_action_at = NULL");
    const { secrets, ...rest } = await claimed(id);
    expect(rest).toMatchObject({
      deliveryId: id,
      tries: 1,
      eventId: `evt_${paymentId}_1_queued`,
      eventType: "payment.queued",
      url: "https://shop.example/hooks",
      payment: { id: paymentId, status: "canceled", version: 9, amountMinor: 4200 },
    });
    expect(secrets.map((sealed) => TEST_SECRET_BOX.open(endpointId, sealed))).toEqual([TEST_WEBHOOK_SECRET]);
  });

  test("is won by one of many, and again by nobody until its lease is over", async () => {
    const id = await newDelivery();
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(id)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await claim(id)).toBeNull();
    expect(await readDeliveryWake(pool(), id)).toMatchObject({ status: "delivering", isWanted: true });
    await makeDue(id);
    expect(await claim(id)).toMatchObject({ tries: 2 });
  });

  test("is not to be had before its time, after its end, or of what is not there", async () => {
    const id = await newDelivery();
    await settle(await claimed(id));
    expect(await claim(id)).toBeNull();
    expect((await readDeliveryWake(pool(), id))?.waitMs).toBeGreaterThan(50_000);
    await makeDue(id);
    await settle(await claimed(id), { kind: "delivered" });
    expect(await claim(id)).toBeNull();
    expect(await readDeliveryWake(pool(), id)).toEqual({ status: "succeeded", waitMs: null, isWanted: true });
    expect(await readDeliveryWake(pool(), newId("whd"))).toBeNull();
  });

  test("is not to be had of a disabled or a deleted endpoint", async () => {
    const id = await newDelivery();
    await disableWebhookEndpoint(pool(), owned());
    expect(await claim(id)).toBeNull();
    expect(await readDeliveryWake(pool(), id)).toMatchObject({ isWanted: false });
    await enableWebhookEndpoint(pool(), owned());
    await deleteWebhookEndpoint(pool(), owned());
    expect(await claim(id)).toBeNull();
    expect(await readDeliveryWake(pool(), id)).toMatchObject({ isWanted: false });
  });

  test("is not to be had while an operator has paused the queue", async () => {
    const id = await newDelivery();
    await pauseQueue(pool(), TEST_ACTOR, "webhooks", "a receiver begs for it");
    expect(await claim(id)).toBeNull();
    expect((await readDeliveryWake(pool(), id))?.waitMs).toBeGreaterThan(0);
    await makeDue(id);
    expect(await findOverdueDeliveries(pool(), 0, undefined, 10)).toEqual([]);
    await resumeQueue(pool(), TEST_ACTOR, "webhooks", "it is over");
    expect(await claim(id)).not.toBeNull();
  });

  test("after a rotation brings both secrets, and after the overlap the new one alone", async () => {
    const id = await newDelivery();
    const opened = async () => (await claimed(id)).secrets.map((sealed) => TEST_SECRET_BOX.open(endpointId, sealed));
    const secret = TEST_SECRET_BOX.seal(endpointId, "whsec_new");
    await rotateWebhookSecret(pool(), owned(), { secret, overlapSeconds: 3_600 });
    expect(await opened()).toEqual(["whsec_new", TEST_WEBHOOK_SECRET]);
    await pool().query("UPDATE webhook_endpoints SET previous_secret_until = now() - interval '1 s'");
    await makeDue(id);
    expect(await opened()).toEqual(["whsec_new"]);
  });
});

describe("a settle of a delivery", () => {
  test("keeps what the receiver said and when it is tried again", async () => {
    const id = await newDelivery();
    expect(await settle(await claimed(id))).toEqual({ disabledAs: null });
    expect(await read(id)).toMatchObject({
      status: "retry_wait",
      attempts: 1,
      last_http_status: 500,
      last_error: "http_status",
      last_response: "no",
      last_duration_ms: 7,
      delivered_at: null,
    });
  });

  test("ends as a dead letter when the tries are spent", async () => {
    const id = await newDelivery();
    await settle(await claimed(id), { kind: "failed", code: "timeout", waitMs: null });
    expect(await read(id)).toMatchObject({ status: "dead_lettered", dead_letter_reason: "attempts_spent" });
  });

  test("that lost its claim changes nothing, unless the receiver has taken the event", async () => {
    const id = await newDelivery();
    const late = await claimed(id);
    await makeDue(id);
    const second = await claimed(id);
    expect(await settle(late)).toBeNull();
    expect(await read(id)).toMatchObject({ status: "delivering", attempts: 2 });
    expect(await settle(late, { kind: "delivered" })).toEqual({ disabledAs: null });
    expect(await read(id)).toMatchObject({ status: "succeeded" });
    expect(await settle(second)).toBeNull();
    expect(await read(id)).toMatchObject({ status: "succeeded", dead_letter_reason: null });
  });

  test("says on the endpoint since when nothing gets through, until something does", async () => {
    const [failing, fine] = [await newDelivery(), await newDelivery()];
    await settle(await claimed(failing));
    const since = (await endpoint())?.failingSince;
    expect(since).toBeInstanceOf(Date);
    const written = await rowVersion();
    await makeDue(failing);
    await settle(await claimed(failing));
    expect((await endpoint())?.failingSince).toEqual(since);
    expect(await rowVersion()).toBe(written);
    await settle(await claimed(fine), { kind: "delivered" });
    expect((await endpoint())?.failingSince).toBeNull();
    const [next, writtenLast] = [await newDelivery(), await rowVersion()];
    await settle(await claimed(next), { kind: "delivered" });
    expect(await rowVersion()).toBe(writtenLast);
  });

  test("disables an endpoint to which nothing has got through for long, once", async () => {
    const [first, second] = [await newDelivery(), await newDelivery()];
    const [a, b] = [await claimed(first), await claimed(second)];
    await pool().query("UPDATE webhook_endpoints SET failing_since = now() - interval '5 days 1 minute'");
    expect(await settle(a)).toEqual({ disabledAs: "failing" });
    expect(await settle(b)).toEqual({ disabledAs: null });
    const { failingSince, ...rest } = (await endpoint()) ?? {};
    expect(rest).toMatchObject({ status: "disabled", disabledReason: "failing" });
    expect(Date.now() - Number(failingSince)).toBeGreaterThan(5 * DAY_MS);
    expect(await read(first)).toMatchObject({ status: "retry_wait" });
  });

  test("does not disable one that failed long ago and has taken something since", async () => {
    const [first, second] = [await newDelivery(), await newDelivery()];
    await pool().query("UPDATE webhook_endpoints SET failing_since = now() - interval '6 days'");
    await settle(await claimed(first), { kind: "delivered" });
    expect(await settle(await claimed(second))).toEqual({ disabledAs: null });
  });

  test("of a receiver that is gone for good disables the endpoint and keeps the event", async () => {
    const id = await newDelivery();
    expect(await settle(await claimed(id), { kind: "gone" })).toEqual({ disabledAs: "gone" });
    expect(await endpoint()).toMatchObject({ status: "disabled", disabledReason: "gone" });
    expect(await read(id)).toMatchObject({ status: "dead_lettered", dead_letter_reason: "endpoint_disabled" });
  });
});

describe("what is kept back", () => {
  test("for a disabled endpoint is sent once it is enabled", async () => {
    const id = await newDelivery();
    await disableWebhookEndpoint(pool(), owned());
    expect(await holdDelivery(pool(), id)).toBe(true);
    expect(await releaseHeldDeliveries(pool(), 100)).toBe(0);
    await enableWebhookEndpoint(pool(), owned());
    expect(await releaseHeldDeliveries(pool(), 100)).toBe(1);
    expect(await findDeliveriesWithoutJob(pool(), 10)).toEqual([{ deliveryId: id, endpointId, dispatch: 1 }]);
    expect(await claim(id)).not.toBeNull();
  });

  test("is not what an endpoint that is enabled wants", async () => {
    const id = await newDelivery();
    expect(await holdDelivery(pool(), id)).toBe(false);
    expect(await read(id)).toMatchObject({ status: "pending" });
  });

  test("for a deleted endpoint stays, and says why", async () => {
    const id = await newDelivery();
    await deleteWebhookEndpoint(pool(), owned());
    await holdDelivery(pool(), id);
    expect(await read(id)).toMatchObject({ status: "dead_lettered", dead_letter_reason: "endpoint_deleted" });
    expect(await releaseHeldDeliveries(pool(), 100)).toBe(0);
  });

  test("is let go a bounded number at a time", async () => {
    const { id: other } = await insertWebhookEndpoint(testDatabase.db, merchantId);
    for (const id of [endpointId, other]) await disableWebhookEndpoint(pool(), { id, merchantId });
    for (let i = 0; i < 3; i++) await newDelivery();
    for (const id of [endpointId, other]) await enableWebhookEndpoint(pool(), { id, merchantId });
    expect(await releaseHeldDeliveries(pool(), 4)).toBe(4);
    expect(await releaseHeldDeliveries(pool(), 4)).toBe(2);
  });
});

describe("the sweep of deliveries", () => {
  test("finds what is overdue, by pages, and no delivery that is waiting, done, or has yet to get its job", async () => {
    const overdue = [await newDelivery(), await newDelivery(), await newDelivery()];
    for (const id of overdue) await makeDue(id);
    const [waiting, done, jobless] = [await newDelivery(), await newDelivery(), await newDelivery()];
    await settle(await claimed(waiting));
    await settle(await claimed(done), { kind: "delivered" });
    await makeDue(jobless);
    await pool().query("UPDATE webhook_deliveries SET needs_job = true WHERE id = $1", [jobless]);
    const first = await findOverdueDeliveries(pool(), 1_000, undefined, 2);
    const second = await findOverdueDeliveries(pool(), 1_000, first.at(-1), 2);
    expect([...first, ...second].map(({ deliveryId }) => deliveryId).sort()).toEqual(overdue.sort());
  });

  test("has another job made under another id, and keeps hands off a notifier that is sending", async () => {
    const id = await newDelivery();
    const held = await claimed(id);
    await makeDue(id);
    const [found] = await findOverdueDeliveries(pool(), 0, undefined, 10);
    const twice = [found, found].map((one) => dispatchDeliveriesAgain(pool(), [one as never], 10));
    expect((await Promise.all(twice)).map(({ dispatched }) => dispatched).sort()).toEqual([0, 1]);
    const made = await findDeliveriesWithoutJob(pool(), 10);
    expect(made).toEqual([{ deliveryId: id, endpointId, dispatch: 1 }]);
    await noteJobsMade(pool(), made);
    expect(await findDeliveriesWithoutJob(pool(), 10)).toEqual([]);
    expect(await settle(held, { kind: "delivered" })).not.toBeNull();
  });

  test("gives a delivery up whose jobs lead nowhere", async () => {
    const id = await newDelivery();
    for (let dispatch = 0; dispatch < 3; dispatch++) {
      await makeDue(id);
      expect(await dispatchDeliveriesAgain(pool(), [{ deliveryId: id, endpointId, dispatch }], 2)).toEqual(
        dispatch < 2 ? { dispatched: 1, deadLettered: 0 } : { dispatched: 0, deadLettered: 1 },
      );
    }
    expect(await read(id)).toMatchObject({ status: "dead_lettered", dead_letter_reason: "no_progress" });
  });

  test("does not forget that a delivery dispatched once more needs its job", async () => {
    const id = await newDelivery();
    await makeDue(id);
    const dispatch0 = { deliveryId: id, endpointId, dispatch: 0 };
    await dispatchDeliveriesAgain(pool(), [dispatch0], 10);
    await noteJobsMade(pool(), [dispatch0]);
    expect(await findDeliveriesWithoutJob(pool(), 10)).toHaveLength(1);
  });

  test("forgets what ended long ago, and nothing that is open", async () => {
    const [done, open] = [await newDelivery(), await newDelivery()];
    await settle(await claimed(done), { kind: "delivered" });
    expect(await deleteOldDeliveries(pool(), firstIdAt("whd", new Date(Date.now() - DAY_MS)), 100)).toBe(0);
    expect(await deleteOldDeliveries(pool(), firstIdAt("whd", new Date(Date.now() + DAY_MS)), 100)).toBe(1);
    expect(await read(done)).toBeUndefined();
    expect(await read(open)).toBeDefined();
  });

  test("forgets no dead letter that somebody may have sent yet, and those of a deleted endpoint", async () => {
    const later = firstIdAt("whd", new Date(Date.now() + DAY_MS));
    const [spent, held] = [await newDelivery(), await newDelivery()];
    await settle(await claimed(spent), { kind: "failed", code: "timeout", waitMs: null });
    await disableWebhookEndpoint(pool(), owned());
    await holdDelivery(pool(), held);
    expect(await read(held)).toMatchObject({ dead_letter_reason: "endpoint_disabled" });
    expect(await deleteOldDeliveries(pool(), later, 100)).toBe(0);
    await pool().query("UPDATE webhook_deliveries SET dead_letter_reason = 'endpoint_deleted' WHERE id = $1", [held]);
    expect(await deleteOldDeliveries(pool(), later, 100)).toBe(1);
    expect([await read(spent), await read(held)]).toEqual([expect.anything(), undefined]);
  });

  test("leaves alone what another has in hand, such as one who has it sent again", async () => {
    const id = await newDelivery();
    await settle(await claimed(id), { kind: "delivered" });
    const holder = await pool().connect();
    try {
      await holder.query("BEGIN");
      await holder.query("SELECT 1 FROM webhook_deliveries WHERE id = $1 FOR UPDATE", [id]);
      expect(await deleteOldDeliveries(pool(), firstIdAt("whd", new Date(Date.now() + DAY_MS)), 100)).toBe(0);
    } finally {
      await holder.query("ROLLBACK");
      holder.release();
    }
    expect(await read(id)).toBeDefined();
  });
});

describe("a redelivery", () => {
  test("starts a new round, once however often it is pressed", async () => {
    const id = await newDelivery();
    await settle(await claimed(id), { kind: "failed", code: "timeout", waitMs: null });
    const results = await Promise.all(
      Array.from({ length: 5 }, () => redeliverForMerchant(pool(), { id, merchantId })),
    );
    expect(results.map(({ result }) => result).sort()).toEqual([
      "redelivered",
      ...Array.from({ length: 4 }, () => "under_way"),
    ]);
    expect(await read(id)).toMatchObject({ status: "pending", tries: 0, dispatch: 1, needs_job: true, attempts: 1 });
  });

  test("is possible of what has succeeded and of what waits for its next try", async () => {
    const [done, waiting] = [await newDelivery(), await newDelivery()];
    await settle(await claimed(done), { kind: "delivered" });
    await settle(await claimed(waiting));
    for (const id of [done, waiting])
      expect(await redeliverForMerchant(pool(), { id, merchantId })).toMatchObject({ result: "redelivered" });
  });

  test("is refused while the endpoint is disabled", async () => {
    const id = await newDelivery();
    await settle(await claimed(id), { kind: "gone" });
    expect(await redeliverForMerchant(pool(), { id, merchantId })).toMatchObject({ result: "endpoint_disabled" });
    expect(await read(id)).toMatchObject({ status: "dead_lettered" });
  });

  test("is not another merchant's to ask for, nor of a deleted endpoint", async () => {
    const id = await newDelivery();
    await settle(await claimed(id), { kind: "delivered" });
    const other = await insertMerchant(testDatabase.db);
    expect(await redeliverForMerchant(pool(), { id, merchantId: other })).toMatchObject({ result: "not_found" });
    await deleteWebhookEndpoint(pool(), owned());
    expect(await redeliverForMerchant(pool(), { id, merchantId })).toMatchObject({ result: "not_found" });
    expect(await read(id)).toMatchObject({ status: "succeeded" });
  });
});
