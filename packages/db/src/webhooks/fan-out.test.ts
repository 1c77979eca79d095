import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { newId, PUBLIC_EVENTS, publicEventId } from "@payonce/domain";
import type pg from "pg";
import { acceptPayments } from "../accept.ts";
import { cancelPayment } from "../cancel.ts";
import { discardDeadLetter, retryDeadLetters } from "../operations/index.ts";
import { settleAttempts } from "../settle.ts";
import {
  acceptOne,
  acceptRequest,
  claimOne,
  createTestDatabase,
  deadLetterOne,
  emptyTables,
  insertMerchant,
  insertWebhookEndpoint,
  refundOne,
  settleRequest,
  TEST_ACTOR,
} from "../testing.ts";
import { deleteWebhookEndpoint, disableWebhookEndpoint } from "./endpoints.ts";
import {
  fanOutEvents,
  type NewDelivery,
  readUndeliveredEvents,
  readUndeliveredEventsOf,
  readWebhookBacklog,
  type UndeliveredEvent,
} from "./fan-out.ts";

const KINDS = Object.keys(PUBLIC_EVENTS);
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await emptyTables(testDatabase.db, "payments", "webhook_endpoints", "webhook_outbox");
  merchantId = await insertMerchant(testDatabase.db);
});

const pool = () => testDatabase.db.pool;
const undelivered = () => readUndeliveredEvents(pool(), KINDS, 1_000);
const kindsOf = async (paymentId: string) =>
  (await readUndeliveredEventsOf(pool(), KINDS, [paymentId]))
    .toSorted((a, b) => a.version - b.version)
    .map(({ kind, version }) => `${version} ${kind}`);
const toDeliveries = (events: readonly UndeliveredEvent[]): NewDelivery[] =>
  events.flatMap((event) =>
    event.endpoints.map(({ id, isEnabled }) => ({
      ...event,
      id: newId("whd"),
      endpointId: id,
      eventId: publicEventId(event),
      eventType: `payment.${event.kind}`,
      isHeld: !isEnabled,
    })),
  );
/** Runs statements beside all else, in a transaction that is rolled back unless they commit it. */
async function beside(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool().connect();
  try {
    await client.query("BEGIN");
    await work(client);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}
const countDeliveries = async () => (await pool().query("SELECT count(*)::int AS n FROM webhook_deliveries")).rows[0].n;

describe("an event for webhooks", () => {
  test("is noted with each public transition, and with no other", async () => {
    await insertWebhookEndpoint(testDatabase.db, merchantId);
    const id = await acceptOne(testDatabase.db, merchantId);
    const first = await claimOne(testDatabase.db, id);
    await settleAttempts(pool(), [settleRequest(first as never)]);
    const second = await claimOne(testDatabase.db, id);
    await settleAttempts(pool(), [
      settleRequest(second as never, { status: "declined", waitMs: null, failureCode: "card_declined" }),
    ]);
    expect(await kindsOf(id)).toEqual(["1 queued", "3 retry_wait", "5 declined"]);
  });

  test("is noted whoever makes the transition: a merchant's cancel, an operator's retry or discard", async () => {
    await insertWebhookEndpoint(testDatabase.db, merchantId);
    const canceled = await acceptOne(testDatabase.db, merchantId);
    await cancelPayment(pool(), { id: canceled, merchantId });
    expect(await kindsOf(canceled)).toEqual(["1 queued", "2 canceled"]);
    const retried = await deadLetterOne(testDatabase.db, merchantId);
    await retryDeadLetters(pool(), TEST_ACTOR, [{ id: retried }], "again");
    expect(await kindsOf(retried)).toEqual(["1 queued", "2 queued"]);
    const discarded = await deadLetterOne(testDatabase.db, merchantId, { hasObject: false });
    await discardDeadLetter(pool(), TEST_ACTOR, { id: discarded }, "nobody wants it");
    expect(await kindsOf(discarded)).toEqual(["1 queued", "2 queued", "3 canceled"]);
  });

  test("is noted of a refund, and says which", async () => {
    await insertWebhookEndpoint(testDatabase.db, merchantId);
    const refundId = await refundOne(testDatabase.db, merchantId);
    expect((await undelivered()).filter((event) => event.refundId !== null)).toMatchObject([
      { kind: "refund_requested", refundId },
    ]);
  });

  test("is noted for each payment of a batch", async () => {
    await insertWebhookEndpoint(testDatabase.db, merchantId);
    await acceptPayments(
      testDatabase.db,
      Array.from({ length: 20 }, () => acceptRequest(merchantId)),
    );
    expect(await undelivered()).toHaveLength(20);
  });

  test("is noted for no merchant without endpoints, nor for one who has deleted them all", async () => {
    const { id } = await insertWebhookEndpoint(testDatabase.db, merchantId);
    await insertWebhookEndpoint(testDatabase.db, await insertMerchant(testDatabase.db));
    await deleteWebhookEndpoint(pool(), { id, merchantId });
    await acceptOne(testDatabase.db, merchantId);
    expect(await undelivered()).toEqual([]);
  });

  test("is gone when the transition is rolled back", async () => {
    await insertWebhookEndpoint(testDatabase.db, merchantId);
    const id = await acceptOne(testDatabase.db, merchantId);
    await beside(async (client) => {
      await cancelPayment(client, { id, merchantId });
    });
    expect(await kindsOf(id)).toEqual(["1 queued"]);
  });

  test("is for exactly the endpoints that were there when it happened, and are not deleted", async () => {
    const early = await insertWebhookEndpoint(testDatabase.db, merchantId);
    const deleted = await insertWebhookEndpoint(testDatabase.db, merchantId);
    await insertWebhookEndpoint(testDatabase.db, await insertMerchant(testDatabase.db));
    await acceptOne(testDatabase.db, merchantId);
    await insertWebhookEndpoint(testDatabase.db, merchantId);
    await deleteWebhookEndpoint(pool(), { id: deleted.id, merchantId });
    const [event] = await undelivered();
    expect(event?.endpoints).toEqual([{ id: early.id, events: ["*"], isEnabled: true }]);
  });

  test("committed late is not passed over", async () => {
    await insertWebhookEndpoint(testDatabase.db, merchantId);
    const [slow, quick] = [await acceptOne(testDatabase.db, merchantId), await acceptOne(testDatabase.db, merchantId)];
    await fanOutEvents(pool(), await undelivered(), toDeliveries(await undelivered()));
    await beside(async (client) => {
      await cancelPayment(client, { id: slow, merchantId });
      await cancelPayment(pool(), { id: quick, merchantId });
      const seen = await undelivered();
      expect(seen.map(({ paymentId }) => paymentId)).toEqual([quick]);
      await fanOutEvents(pool(), seen, toDeliveries(seen));
      await client.query("COMMIT");
    });
    expect((await undelivered()).map(({ paymentId }) => paymentId)).toEqual([slow]);
  });

  test("of a kind that this process does not know is left for a newer one", async () => {
    await insertWebhookEndpoint(testDatabase.db, merchantId);
    await acceptOne(testDatabase.db, merchantId);
    expect(await readUndeliveredEvents(pool(), ["succeeded"], 10)).toEqual([]);
    expect(await undelivered()).toHaveLength(1);
  });

  test("is any whose kind the domain calls public: the trigger and the domain name the same", async () => {
    const { rows } = await pool().query("SELECT prosrc FROM pg_proc WHERE proname = 'note_events_for_webhooks'");
    const list = /\bkind IN \(([^)]*)\)/.exec(rows[0].prosrc)?.[1] ?? "";
    expect([...list.matchAll(/'(\w+)'/g)].map(([, kind]) => kind).sort()).toEqual(KINDS.toSorted());
  });
});

describe("fanning out", () => {
  test("makes a delivery for each endpoint and forgets the event, in one go", async () => {
    const endpoints = [
      await insertWebhookEndpoint(testDatabase.db, merchantId),
      await insertWebhookEndpoint(testDatabase.db, merchantId),
    ];
    const paymentId = await acceptOne(testDatabase.db, merchantId);
    const events = await undelivered();
    const made = await fanOutEvents(pool(), events, toDeliveries(events));
    expect(made.map(({ endpointId }) => endpointId).sort()).toEqual(endpoints.map(({ id }) => id).sort());
    expect(await undelivered()).toEqual([]);
    const { rows } = await pool().query("SELECT event_id, status, payment_version FROM webhook_deliveries");
    const row = { event_id: `evt_${paymentId}_1_queued`, status: "pending", payment_version: 1 };
    expect(rows).toEqual([row, row]);
  });

  test("by two that have read the same event makes one delivery, and tells one of them", async () => {
    await insertWebhookEndpoint(testDatabase.db, merchantId);
    for (let i = 0; i < 50; i++) await acceptOne(testDatabase.db, merchantId);
    const events = await undelivered();
    const made = await Promise.all(
      Array.from({ length: 4 }, (_, i) =>
        fanOutEvents(pool(), i % 2 ? events : events.toReversed(), toDeliveries(i % 2 ? events : events.toReversed())),
      ),
    );
    expect(made.flat()).toHaveLength(50);
    expect(await countDeliveries()).toBe(50);
  });

  test("takes events out in one order, so that two notifiers do not wait for each other", async () => {
    await insertWebhookEndpoint(testDatabase.db, merchantId);
    const [first, second] = [
      await acceptOne(testDatabase.db, merchantId),
      await acceptOne(testDatabase.db, merchantId),
    ];
    // The table's own order is another one.
    await pool().query(
      "WITH d AS (DELETE FROM webhook_outbox WHERE payment_id = $1 RETURNING *) INSERT INTO webhook_outbox SELECT * FROM d",
      [first],
    );
    const events = await undelivered();
    let waiting: ReturnType<typeof fanOutEvents> | undefined;
    await beside(async (holder) => {
      await holder.query("SELECT 1 FROM webhook_outbox WHERE payment_id = $1 FOR UPDATE", [first]);
      waiting = fanOutEvents(pool(), events.toReversed(), toDeliveries(events));
      const isWaiting = async () => (await holder.query("SELECT 1 FROM pg_locks WHERE NOT granted")).rows.length > 0;
      while (!(await isWaiting()));
      await beside(async (other) => {
        const free = await other.query("SELECT 1 FROM webhook_outbox WHERE payment_id = $1 FOR UPDATE SKIP LOCKED", [
          second,
        ]);
        expect(free.rowCount).toBe(1);
      });
    });
    expect(await waiting).toHaveLength(2);
  });

  test("of an event that has been noted once more makes no second delivery", async () => {
    await insertWebhookEndpoint(testDatabase.db, merchantId);
    await acceptOne(testDatabase.db, merchantId);
    const events = await undelivered();
    await fanOutEvents(pool(), events, toDeliveries(events));
    const [event] = events as [UndeliveredEvent];
    await pool().query(
      "INSERT INTO webhook_outbox (payment_id, version, kind, merchant_id, at) VALUES ($1, $2, $3, $4, now())",
      [event.paymentId, event.version, event.kind, merchantId],
    );
    expect(await fanOutEvents(pool(), events, toDeliveries(events))).toEqual([]);
    expect(await countDeliveries()).toBe(1);
    expect(await undelivered()).toEqual([]);
  });

  test("keeps back what is for a disabled endpoint", async () => {
    const { id } = await insertWebhookEndpoint(testDatabase.db, merchantId);
    await disableWebhookEndpoint(pool(), { id, merchantId });
    await acceptOne(testDatabase.db, merchantId);
    const events = await undelivered();
    expect(await fanOutEvents(pool(), events, toDeliveries(events))).toEqual([]);
    const { rows } = await pool().query("SELECT status, dead_letter_reason FROM webhook_deliveries");
    expect(rows).toEqual([{ status: "dead_lettered", dead_letter_reason: "endpoint_disabled" }]);
  });

  test("has its backlog counted, and the age of the oldest", async () => {
    await insertWebhookEndpoint(testDatabase.db, merchantId);
    await acceptOne(testDatabase.db, merchantId);
    await pool().query("UPDATE webhook_outbox SET at = now() - interval '90 s'");
    const { depth, oldestAgeSeconds, oldestDueSeconds } = await readWebhookBacklog(pool());
    expect({ depth, oldestDueSeconds }).toEqual({ depth: 1, oldestDueSeconds: 0 });
    expect(oldestAgeSeconds).toBeGreaterThanOrEqual(90);
  });
});
