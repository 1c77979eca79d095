import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { openAnomaly } from "../open-anomaly.ts";
import { acceptOne, claimOne, createTestDatabase, deadLetterOne, insertMerchant, TEST_ACTOR } from "../testing.ts";
import { cancelAsOperator } from "./cancel-as-operator.ts";
import { readChargerReports, reportCharger, withdrawCharger } from "./charger-reports.ts";
import { lookUp } from "./look-up.ts";
import { listQueuePauses, pauseQueue, resumeQueue } from "./pause-queue.ts";
import { resolveAnomaly } from "./resolve-anomaly.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const query = async (sql: string, ...values: unknown[]) => (await testDatabase.db.pool.query(sql, values)).rows;
const read = async (id: string) => (await query("SELECT * FROM payments WHERE id = $1", id))[0];
const auditOf = (target: string) =>
  query("SELECT action, before, after, reason FROM audit_log WHERE payment_id = $1 OR target = $1 ORDER BY id", target);

describe("looking a payment up", () => {
  const look = (id: string) => lookUp(testDatabase.db.pool, TEST_ACTOR, id, "the merchant asks");

  test("wakes the charger and changes nothing by itself, also for what has ended", async () => {
    const id = await deadLetterOne(testDatabase.db, merchantId, { outcomeUnknown: true });
    const before = await read(id);
    expect(await look(id)).toMatchObject({ result: "asked" });
    expect(await read(id)).toEqual(before);
    const outbox = await query("SELECT kind FROM outbox WHERE payment_id = $1 ORDER BY id", id);
    expect(outbox.at(-1)).toEqual({ kind: "look_again" });
    expect(await auditOf(id)).toMatchObject([{ action: "look_up", reason: "the merchant asks" }]);
  });

  test("that has no object at the provider says that there is nothing to see", async () => {
    const id = await acceptOne(testDatabase.db, merchantId);
    expect(await look(id)).toMatchObject({ result: "nothing_to_look_up" });
    expect(await look(newId("pay"))).toEqual({ result: "not_found" });
    expect(await auditOf(id)).toEqual([]);
  });
});

describe("canceling as an operator", () => {
  const cancel = (id: string) => cancelAsOperator(testDatabase.db.pool, TEST_ACTOR, id, "ordered twice");

  test("ends what was never tried; pressing again is no error and no second entry", async () => {
    const id = await acceptOne(testDatabase.db, merchantId);
    expect(await cancel(id)).toMatchObject({ result: "canceled", payment: { status: "canceled" } });
    expect(await cancel(id)).toMatchObject({ result: "canceled" });
    expect(await auditOf(id)).toMatchObject([
      { action: "cancel", before: { status: "queued" }, after: { status: "canceled" } },
    ]);
  });

  test("what is being charged, or may have been, is refused and leaves no entry", async () => {
    const id = await acceptOne(testDatabase.db, merchantId);
    await claimOne(testDatabase.db, id);
    expect(await cancel(id)).toMatchObject({ result: "refused", payment: { status: "charging" } });
    const unknown = await deadLetterOne(testDatabase.db, merchantId, { outcomeUnknown: true });
    expect(await cancel(unknown)).toMatchObject({ result: "refused" });
    expect(await auditOf(id)).toEqual([]);
  });
});

test("a pause is kept with who and why, and pausing or resuming twice has one effect", async () => {
  const { pool } = testDatabase.db;
  expect(await pauseQueue(pool, TEST_ACTOR, "charges", "the provider is being moved")).toBe(true);
  expect(await pauseQueue(pool, TEST_ACTOR, "charges", "again")).toBe(false);
  expect(await listQueuePauses(pool)).toMatchObject([{ queue: "charges", reason: "the provider is being moved" }]);
  expect(await resumeQueue(pool, TEST_ACTOR, "charges", "it has moved")).toBe(true);
  expect(await resumeQueue(pool, TEST_ACTOR, "charges", "again")).toBe(false);
  expect(await listQueuePauses(pool)).toEqual([]);
  expect(await auditOf("charges")).toMatchObject([
    { action: "pause_queue", reason: "the provider is being moved", after: { paused: true } },
    { action: "resume_queue", reason: "it has moved", before: { paused: true }, after: { paused: false } },
  ]);
});

test("an anomaly is resolved once, and changes no payment", async () => {
  const { pool } = testDatabase.db;
  const paymentId = await acceptOne(testDatabase.db, merchantId);
  const before = await read(paymentId);
  await openAnomaly(pool, { kind: "charged_though_canceled", paymentId, providerObjectId: "pi_1", evidence: {} });
  const [{ id }] = await query("SELECT id FROM anomalies WHERE payment_id = $1", paymentId);
  const resolve = () =>
    resolveAnomaly(pool, TEST_ACTOR, id, { resolution: "refunded", reason: "re_1 in the dashboard" });
  expect(await resolve()).toMatchObject({ result: "resolved" });
  expect(await resolve()).toMatchObject({ result: "resolved_before", resolution: "refunded" });
  expect(await read(paymentId)).toEqual(before);
  expect(await auditOf(id)).toMatchObject([{ action: "resolve_anomaly", reason: "re_1 in the dashboard" }]);
  // Seen again after it was closed, it is another one.
  expect(
    await openAnomaly(pool, { kind: "charged_though_canceled", paymentId, providerObjectId: "pi_1", evidence: {} }),
  ).toBe(true);
});

test("chargers that report are alive; one that was silent for long, or has stopped, is not", async () => {
  const { pool } = testDatabase.db;
  const at = new Date();
  const report = { version: "0.1.0", breaker: "closed", breakerSince: at, startedAt: at } as const;
  await reportCharger(pool, { ...report, id: "one" });
  await reportCharger(pool, { ...report, id: "two" });
  await reportCharger(pool, { ...report, id: "two", breaker: "open" });
  expect(await readChargerReports(pool)).toMatchObject([{ id: "one" }, { id: "two", breaker: "open" }]);
  await query("UPDATE charger_reports SET reported_at = reported_at - interval '31 s' WHERE id = 'one'");
  await withdrawCharger(pool, "two");
  expect(await readChargerReports(pool)).toEqual([]);
});
