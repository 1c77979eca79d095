import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { acceptPayments } from "@payonce/db";
import { acceptOne, acceptRequest, emptyTables } from "@payonce/db/testing";
import { firstIdAt } from "@payonce/domain";
import { createDeliveryMaker } from "./make-deliveries.ts";
import { createSweep } from "./sweep.ts";
import { createTestNotifier, logger, type TestNotifier, until } from "./test-notifier.ts";
import { startReceiver } from "./test-receiver.ts";

let notifier: TestNotifier;
let merchantId: string;
let endpointId: string;
beforeAll(async () => {
  notifier = await createTestNotifier();
});
afterAll(() => notifier.stop());
beforeEach(async () => {
  await emptyTables(notifier.db, "payments", "webhook_endpoints", "webhook_outbox");
  await notifier.jobs.obliterate({ force: true });
  ({ merchantId, endpointId } = await notifier.merchantWith("https://shop.example/hooks"));
});

const pool = () => notifier.db.pool;
const acceptMany = (count: number) =>
  acceptPayments(
    notifier.db,
    Array.from({ length: count }, () => acceptRequest(merchantId)),
  );
const jobIds = async () => (await notifier.jobs.getJobs()).map(({ id }) => id).sort();
const deliveryIds = async () => (await notifier.deliveries()).map(({ id }) => String(id));

describe("the feed", () => {
  test("makes deliveries and their jobs of what the stream did not bring", async () => {
    for (let i = 0; i < 3; i++) await acceptOne(notifier.db, merchantId);
    await notifier.feed.runOnce();
    expect(await jobIds()).toEqual((await deliveryIds()).map((id) => `${id}-0`));
    await notifier.feed.runOnce();
    expect(await deliveryIds()).toHaveLength(3);
  });

  test("run by four notifiers at once makes each of 150 deliveries once", async () => {
    await acceptMany(150);
    const makers = Array.from({ length: 4 }, () => createDeliveryMaker(pool(), notifier.queue, logger));
    await Promise.all(makers.map((maker) => maker.ofOldest(1_000)));
    const ids = await deliveryIds();
    expect(ids).toHaveLength(150);
    expect(await jobIds()).toEqual(ids.map((id) => `${id}-0`).sort());
  });

  test("leaves an event that cannot be fanned out where it is, and brings all others", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(await acceptOne(notifier.db, merchantId));
    // Stands for whatever makes the database refuse one of many.
    await pool().query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`,
    );
    await pool().query(`CREATE TRIGGER refuse BEFORE INSERT ON webhook_deliveries FOR EACH ROW
      WHEN (NEW.payment_id = '${ids[2]}') EXECUTE FUNCTION refuse()`);
    await notifier.feed.runOnce();
    await pool().query("DROP FUNCTION refuse CASCADE");
    expect((await notifier.deliveries()).map(({ payment_id }) => payment_id)).toEqual(ids.toSpliced(2, 1));
    expect(await jobIds()).toHaveLength(4);
    await notifier.feed.runOnce();
    expect(await deliveryIds()).toHaveLength(5);
  });

  test("goes on where it was when Redis was away between a delivery and its job", async () => {
    await acceptOne(notifier.db, merchantId);
    const blind = createDeliveryMaker(pool(), { addJobs: () => Promise.reject(new Error("Redis is away")) }, logger);
    await expect(blind.ofOldest(10)).rejects.toThrow("Redis is away");
    const [id] = await deliveryIds();
    expect(await jobIds()).toEqual([]);
    await notifier.sweep.runOnce();
    await notifier.feed.runOnce();
    expect(await jobIds()).toEqual([`${id}-1`]);
  });
});

describe("the sweep", () => {
  test("has a lost job made anew, and leaves alone those that are there", async () => {
    for (let i = 0; i < 3; i++) await acceptOne(notifier.db, merchantId);
    await notifier.feed.runOnce();
    const [lost = "", ...kept] = await deliveryIds();
    await notifier.jobs.remove(`${lost}-0`);
    expect(await notifier.sweep.runOnce()).toMatchObject({ dispatched: 1, deadLettered: 0 });
    await notifier.feed.runOnce();
    expect(await jobIds()).toEqual([`${lost}-1`, ...kept.map((id) => `${id}-0`)].sort());
    expect(await notifier.sweep.runOnce()).toMatchObject({ dispatched: 0 });
  });

  test("finds every one of 120 deliveries whose jobs Redis forgot, and they all arrive", async () => {
    const receiver = await startReceiver();
    await pool().query("UPDATE webhook_endpoints SET url = $1", [receiver.url]);
    await acceptMany(120);
    while (await notifier.feed.runOnce());
    await notifier.jobs.obliterate({ force: true });
    expect(await notifier.sweep.runOnce()).toMatchObject({ dispatched: 120 });
    while (await notifier.feed.runOnce());
    notifier.startWorker({ concurrency: 100, places: 50 });
    const open = () => pool().query("SELECT 1 FROM webhook_deliveries WHERE status <> 'succeeded' LIMIT 1");
    await until(async () => (await open()).rowCount === 0, 60_000);
    expect(new Set(receiver.received.map(({ event }) => event.id)).size).toBe(120);
    await notifier.stopWorkers();
    await receiver.close();
  });

  test("does nothing to deliveries while Redis cannot be asked", async () => {
    await acceptOne(notifier.db, merchantId);
    await notifier.feed.runOnce();
    const blind = createSweep({
      pool: pool(),
      queue: { findLostJobs: () => Promise.reject(new Error("Redis is away")) },
      intervalMs: 1,
      graceMs: 0,
      keptMs: 1,
      now: Date.now,
      logger,
    });
    await expect(blind.runOnce()).rejects.toThrow("Redis is away");
    expect(await notifier.deliveries()).toMatchObject([{ dispatch: 0, needs_job: false }]);
  });

  test("forgets what ended longer ago than is kept", async () => {
    const old = firstIdAt("whd", new Date(Date.now() - 91 * 86_400_000));
    const paymentId = await acceptOne(notifier.db, merchantId);
    await pool().query(
      `INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, payment_id, payment_version, event_at, status,
         next_action_at) VALUES ($1, $2, 'evt_1', 'payment.queued', $3, 1, now(), 'succeeded', NULL)`,
      [old, endpointId, paymentId],
    );
    await notifier.feed.runOnce();
    expect(await notifier.sweep.runOnce()).toMatchObject({ deleted: 1 });
    expect(await deliveryIds()).not.toContain(old);
    expect(await deliveryIds()).toHaveLength(1);
  });
});
