import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { HIDDEN_KINDS, TIMELINE_KINDS } from "@payonce/domain";
import { openAnomaly } from "../open-anomaly.ts";
import { readTimelines } from "../read-timelines.ts";
import { recordProviderEvent } from "../record-provider-event.ts";
import { settleAttempts } from "../settle.ts";
import {
  acceptOne,
  claimOne,
  createTestDatabase,
  deadLetterOne,
  emptyTables,
  insertMerchant,
  refundOne,
  settleRequest,
  succeedOne,
} from "../testing.ts";
import { purgeHistory } from "./purge-history.ts";
import { FIRST_EVENT, purgeProviderEvents } from "./purge-provider-events.ts";

const DAY_MS = 86_400_000;
const KEPT_DAYS = 120;
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await emptyTables(testDatabase.db, "payments", "provider_events");
  await pool().query("UPDATE purges SET reached = ''");
});

const pool = () => testDatabase.db.pool;
const accept = (overrides = {}) => acceptOne(testDatabase.db, merchantId, overrides);

/** A payment that succeeded by way of an attempt with evidence, with its timeline. */
async function succeed(): Promise<string> {
  const id = await accept();
  const claim = await claimOne(testDatabase.db, id);
  if (!claim) throw new Error("the payment could not be claimed");
  const evidence = [{ operation: "create" as const, at: "2026-01-01T00:00:00.000Z", durationMs: 1 }];
  await pool().query(
    `WITH u AS (UPDATE payments SET provider_object_id = 'pi_' || id, version = version + 1 WHERE id = $1 RETURNING *)
     INSERT INTO timeline (payment_id, version, kind) SELECT id, version, 'provider_object_stored' FROM u`,
    [id],
  );
  const done = { outcome: "succeeded", status: "succeeded", code: null, waitMs: null, failureCode: null } as const;
  await settleAttempts(pool(), [settleRequest({ ...claim, version: claim.version + 1 }, { ...done, evidence })]);
  return id;
}

/** Makes payments as old as they would be after so many days without a change. */
const age = (ids: string[], days = KEPT_DAYS + 1) =>
  pool().query("UPDATE payments SET updated_at = now() - $2::int * interval '1 day' WHERE id = ANY ($1)", [ids, days]);
/** As if this were run so many days later; ids are made now. */
const purgeLater = (limit = 100, days = KEPT_DAYS + 1) =>
  purgeHistory(pool(), KEPT_DAYS, limit, Date.now() + days * DAY_MS);
const kindsOf = async (id: string) =>
  (await pool().query("SELECT kind FROM timeline WHERE payment_id = $1 ORDER BY version", [id])).rows.map(
    ({ kind }) => kind,
  );
const attemptOf = async (id: string) =>
  (await pool().query("SELECT number, outcome, evidence FROM attempts WHERE payment_id = $1", [id])).rows[0];
const withHistory = async () => {
  const { rows } = await pool().query(
    "SELECT payment_id FROM timeline WHERE kind = 'provider_object_stored' ORDER BY payment_id",
  );
  return rows.map(({ payment_id }) => payment_id);
};

describe("the history of a payment that was over long ago", () => {
  test("loses its provider calls and inside rows, and keeps what merchants see and what an attempt came to", async () => {
    const id = await succeed();
    await age([id]);
    const [seen] = await readTimelines(pool(), [{ paymentId: id, afterVersion: 0 }], 100);
    expect(await purgeLater()).toEqual({ timelineRows: 1, evidence: 1, hasMore: false });
    expect(await kindsOf(id)).toEqual(["queued", "charging", "succeeded"]);
    expect(await attemptOf(id)).toEqual({ number: 1, outcome: "succeeded", evidence: null });
    expect((await readTimelines(pool(), [{ paymentId: id, afterVersion: 0 }], 100))[0]?.rows).toEqual(seen?.rows);
    const { rows } = await pool().query("SELECT status, provider_object_id FROM payments WHERE id = $1", [id]);
    expect(rows).toEqual([{ status: "succeeded", provider_object_id: `pi_${id}` }]);
  });

  test("stays while anything of it may still be asked about", async () => {
    const [changed, dead, doubted, moving, refunded] = [
      await succeed(),
      await succeed(),
      await succeed(),
      await succeed(),
      await succeed(),
    ];
    await pool().query(
      `UPDATE payments SET status = 'dead_lettered', dead_letter_reason = 'attempts_spent' WHERE id = $1`,
      [dead],
    );
    await pool().query("UPDATE payments SET status = 'retry_wait', next_action_at = now() WHERE id = $1", [moving]);
    await openAnomaly(pool(), { kind: "charged_twice", paymentId: doubted, providerObjectId: "pi_2", evidence: [] });
    await refundOne(testDatabase.db, merchantId, { paymentId: refunded });
    await age([dead, doubted, moving, refunded]);
    await age([changed], KEPT_DAYS - 1);
    expect(await purgeLater()).toEqual({ timelineRows: 0, evidence: 0, hasMore: false });
    expect(await withHistory()).toEqual([changed, dead, doubted, moving, refunded].sort());
    expect((await attemptOf(doubted)).evidence).not.toBeNull();
  });

  test("stays while the payment is young", async () => {
    const id = await succeed();
    await age([id]);
    expect(await purgeLater(100, KEPT_DAYS - 1)).toMatchObject({ timelineRows: 0 });
    expect(await withHistory()).toEqual([id]);
  });

  test("goes page by page, and no payment is looked at twice", async () => {
    const ids = [await succeed(), await succeed(), await succeed()];
    await age(ids);
    expect(await purgeLater(2)).toEqual({ timelineRows: 2, evidence: 2, hasMore: true });
    expect(await withHistory()).toEqual(ids.slice(2));
    expect(await purgeLater(2)).toEqual({ timelineRows: 1, evidence: 1, hasMore: false });
    expect(await purgeLater(2)).toEqual({ timelineRows: 0, evidence: 0, hasMore: false });
    expect(await purgeLater(1)).toMatchObject({ hasMore: false });
  });

  test("is purged by one relay at a time; another passes by, and waits for nobody", async () => {
    const ids = [await succeed(), await succeed()];
    await age(ids);
    const holder = await pool().connect();
    try {
      await holder.query("BEGIN; SELECT 1 FROM purges FOR UPDATE");
      expect(await purgeLater()).toEqual({ timelineRows: 0, evidence: 0, hasMore: false });
    } finally {
      await holder.query("ROLLBACK");
      holder.release();
    }
    const both = await Promise.all([purgeLater(), purgeLater(), purgeLater()]);
    expect(both.reduce((sum, { timelineRows }) => sum + timelineRows, 0)).toBe(2);
    expect(await withHistory()).toEqual([]);
  });

  test("has no row taken from it that merchants may see", () => {
    expect(HIDDEN_KINDS).toContain("provider_object_stored");
    expect(TIMELINE_KINDS as readonly string[]).not.toContain("provider_object_stored");
  });
});

describe("a webhook of the provider that came long ago", () => {
  const receive = async (paymentId: string | null, days = 91) => {
    const id = `evt_${randomUUID()}`;
    await recordProviderEvent(pool(), {
      id,
      type: "payment_intent.succeeded",
      paymentId,
      refundId: null,
      isAboutRefunds: false,
      providerObjectId: "pi_1",
      createdAt: new Date(),
    });
    await pool().query("UPDATE provider_events SET received_at = now() - $2::int * interval '1 day' WHERE id = $1", [
      id,
      days,
    ]);
    return id;
  };
  const left = async () => (await pool().query("SELECT id FROM provider_events ORDER BY id")).rows.map(({ id }) => id);
  const purge = (limit = 100, after = FIRST_EVENT) => purgeProviderEvents(pool(), 90, after, limit);

  test("is forgotten, and a younger one is not", async () => {
    const id = await succeed();
    await receive(id);
    await receive(null);
    const young = await receive(id, 89);
    expect(await purge()).toEqual({ deleted: 2, next: null });
    expect(await left()).toEqual([young]);
  });

  test("stays while its payment is not over", async () => {
    const doubted = await succeed();
    await openAnomaly(pool(), { kind: "charged_twice", paymentId: doubted, providerObjectId: "pi_2", evidence: [] });
    const refunded = await succeedOne(testDatabase.db, merchantId);
    await refundOne(testDatabase.db, merchantId, { paymentId: refunded });
    const open = [doubted, refunded, await accept(), await deadLetterOne(testDatabase.db, merchantId)];
    const ids: string[] = [];
    for (const id of open) ids.push(await receive(id));
    expect(await purge()).toEqual({ deleted: 0, next: null });
    expect(await left()).toEqual(ids.sort());
  });

  test("goes page by page, also past those that stay", async () => {
    const stays = await receive(await accept(), 95);
    for (let i = 0; i < 3; i++) await receive(null, 94 - i);
    const first = await purge(2);
    expect(first).toMatchObject({ deleted: 1, next: expect.anything() });
    const second = await purge(2, first.next ?? undefined);
    expect(second).toMatchObject({ deleted: 2 });
    expect(await left()).toEqual([stays]);
  });

  test("is left to the relay that has it in hand", async () => {
    const [held, free] = [await receive(null, 95), await receive(null)];
    const holder = await pool().connect();
    try {
      await holder.query("BEGIN");
      await holder.query("SELECT 1 FROM provider_events WHERE id = $1 FOR UPDATE", [held]);
      expect(await purge()).toEqual({ deleted: 1, next: null });
      expect(await left()).toEqual([held]);
    } finally {
      await holder.query("ROLLBACK");
      holder.release();
    }
    expect(await left()).not.toContain(free);
    expect(await Promise.all([purge(), purge()])).toContainEqual({ deleted: 1, next: null });
    expect(await left()).toEqual([]);
  });

  test("is stored anew when the provider sends it once more, and only has its payment looked at", async () => {
    const payment = await succeed();
    const id = await receive(payment);
    await purge();
    await pool().query("DELETE FROM outbox");
    const event = { type: "payment_intent.succeeded", refundId: null, isAboutRefunds: false, providerObjectId: "pi_1" };
    const again = { ...event, id, paymentId: payment, createdAt: new Date() };
    expect(await recordProviderEvent(pool(), again)).toBe(true);
    expect((await pool().query("SELECT kind FROM outbox")).rows).toEqual([{ kind: "look_again" }]);
  });
});
