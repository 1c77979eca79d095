import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type pg from "pg";
import {
  findUnlistedPayments,
  listFindings,
  type ReconciledPage,
  readChargedPayments,
  saveReconciledPage,
} from "./reconciliation.ts";
import { withReconciliationLock } from "./reconciliation-lock.ts";
import { finishReconciliation, openReconciliation, type ReconciliationRun } from "./reconciliation-run.ts";
import { acceptOne, createTestDatabase, insertMerchant } from "./testing.ts";

const HOUR_MS = 3_600_000;
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  pool = testDatabase.db.pool;
});
afterEach(() => testDatabase.drop());

const now = Date.now();
const toOpen = {
  periodFrom: new Date(now - 24 * HOUR_MS),
  periodTo: new Date(now + HOUR_MS),
  chargesTo: new Date(now + HOUR_MS),
  providerAccount: "acct_test",
};
/** Under the lock, as everything is done; fails when it is taken. */
async function locked<T>(work: (session: pg.PoolClient) => Promise<T>, idleLimitMs = 10_000): Promise<T> {
  const result = await withReconciliationLock(pool, "test", idleLimitMs, work);
  if (result === "taken") throw new Error("the lock is taken");
  return result;
}
const open = () => locked((session) => openReconciliation(session, toOpen));
function page(run: ReconciliationRun, overrides: Partial<ReconciledPage> = {}): ReconciledPage {
  return { progress: run, seen: [], payments: 0, findings: [], ...overrides };
}
const finding = (paymentId: string, kind = "healing", providerObjectId = "pi_1") => ({
  kind,
  providerObjectId,
  paymentId,
  paymentStatus: "unknown",
  amountMinor: 4200,
  currency: "eur",
});
const count = async (table: string) => (await pool.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n;
const newPayment = async () => acceptOne(testDatabase.db, await insertMerchant(testDatabase.db));
const succeed = (id: string, objectId: string) =>
  pool.query("UPDATE payments SET status = 'succeeded', next_action_at = NULL, provider_object_id = $2 WHERE id = $1", [
    id,
    objectId,
  ]);

describe("the lock of a reconciliation", () => {
  test("keeps others out while it is held, and lets them in afterwards", async () => {
    await locked(async () => {
      expect(await withReconciliationLock(pool, "test", 10_000, async () => "in")).toBe("taken");
      expect(await withReconciliationLock(pool, "another", 10_000, async () => "in")).toBe("in");
    });
    expect(await locked(async () => "in")).toBe("in");
  });

  test("is free again after what was done under it has failed", async () => {
    await expect(locked(() => Promise.reject(new Error("killed")))).rejects.toThrow("killed");
    expect(await locked(async () => "in")).toBe("in");
  });

  test("is lost by a process that was stopped, which then can write nothing any more", async () => {
    const run = await open();
    let another = "";
    const woken = locked(async (session) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      another = await locked(async () => "has it");
      return saveReconciledPage(session, run.id, page(run, { payments: 7 }));
    }, 100);
    await expect(woken).rejects.toThrow(/idle-session timeout|Connection terminated|not queryable/);
    expect(another).toBe("has it");
    expect((await open()).payments).toBe(0);
  });

  test("does not leave its limit behind on the connection, which others use after it", async () => {
    await locked(async () => {}, 50);
    const { rows } = await pool.query("SHOW idle_session_timeout");
    expect(rows).toEqual([{ idle_session_timeout: "0" }]);
  });
});

describe("a run", () => {
  test("is gone on with until it is finished; after that the same period is compared anew", async () => {
    const run = await open();
    await locked((session) =>
      saveReconciledPage(session, run.id, page(run, { progress: { ...run, providerCursor: "pi_9" }, seen: ["pi_1"] })),
    );
    expect(await open()).toMatchObject({ id: run.id, providerCursor: "pi_9", charges: 1, finishedAt: null });
    const finished = await locked((session) => finishReconciliation(session, run.id));
    expect(finished.finishedAt).toBeInstanceOf(Date);
    expect(await count("reconciliation_seen")).toBe(0);
    expect((await open()).id).not.toBe(run.id);
  });

  test.each([
    ["another period", { periodFrom: new Date(now - 25 * HOUR_MS) }],
    ["another account of the provider", { providerAccount: "acct_other" }],
  ])("is not gone on with for %s", async (_what, other) => {
    const run = await open();
    expect((await locked((session) => openReconciliation(session, { ...toOpen, ...other }))).id).not.toBe(run.id);
  });

  test("that nobody went on with for a week is given up, with what it kept", async () => {
    const run = await open();
    await locked((session) => saveReconciledPage(session, run.id, page(run, { seen: ["pi_1", "pi_2"] })));
    await pool.query("UPDATE reconciliations SET started_at = now() - interval '8 days'");
    expect((await open()).id).not.toBe(run.id);
    expect(await count("reconciliation_seen")).toBe(0);
  });
});

describe("a page", () => {
  test("that is saved again counts nothing twice and wakes nobody twice", async () => {
    const [run, id] = [await open(), await newPayment()];
    const saved = page(run, { seen: ["pi_1"], findings: [finding(id), finding(id, "provider_mismatch")] });
    for (const _ of [1, 2])
      expect(await locked((session) => saveReconciledPage(session, run.id, saved))).toMatchObject({
        charges: 1,
        healing: 1,
        anomalies: 1,
      });
    const { rows } = await pool.query("SELECT payment_id FROM outbox WHERE kind = 'look_again'");
    expect(rows).toEqual([{ payment_id: id }]);
  });

  test("wakes the relay when it leaves something for it, and only then", async () => {
    const [run, id] = [await open(), await newPayment()];
    const listener = await pool.connect();
    const notes: unknown[] = [];
    listener.on("notification", (note) => notes.push(note));
    await listener.query("LISTEN outbox");
    const findings = [[finding(id, "provider_mismatch")], [finding(id)]];
    for (const [notified, some] of findings.entries()) {
      await locked((session) => saveReconciledPage(session, run.id, page(run, { findings: some })));
      await listener.query("SELECT 1");
      expect(notes).toHaveLength(notified);
    }
    listener.release(true);
  });

  test("wakes no payment that has ended meanwhile", async () => {
    const [run, id] = [await open(), await newPayment()];
    await succeed(id, "pi_1");
    await locked((session) => saveReconciledPage(session, run.id, page(run, { findings: [finding(id)] })));
    expect((await pool.query("SELECT 1 FROM outbox WHERE kind = 'look_again'")).rows).toEqual([]);
  });

  test("of charges finds the payment by its own id first, then by the stored object", async () => {
    const [named, storing] = [await newPayment(), await newPayment()];
    await succeed(storing, "pi_1");
    const payments = await locked((session) =>
      readChargedPayments(session, [
        { id: "pi_1", paymentId: named },
        { id: "pi_2", paymentId: "pay_unknown" },
      ]),
    );
    expect([payments.get("pi_1")?.id, payments.get("pi_2")]).toEqual([named, null]);
    const byObject = await locked((session) => readChargedPayments(session, [{ id: "pi_1", paymentId: null }]));
    expect(byObject.get("pi_1")).toMatchObject({
      id: storing,
      status: "succeeded",
      amountMinor: 4200,
      isAtWork: false,
    });
  });

  test("of payments holds those that were not seen, and leads to the next one until there is none", async () => {
    const begun = await open();
    const ids: string[] = [];
    for (const number of [1, 2, 3, 4, 5]) {
      const id = await newPayment();
      ids.push(id);
      if (number !== 2) await succeed(id, `pi_${number}`);
    }
    let run = await locked((session) => saveReconciledPage(session, begun.id, page(begun, { seen: ["pi_1", "pi_5"] })));
    const pages = [];
    for (;;) {
      const found = await locked((session) => findUnlistedPayments(session, run, 2));
      pages.push([found.payments, found.unlisted.map(({ id }) => id)]);
      if (found.lastId === null) break;
      run = { ...run, paymentCursor: found.lastId };
    }
    expect(pages).toEqual([
      [1, []],
      [2, [ids[2], ids[3]]],
      [1, []],
      [0, []],
    ]);
  });

  test("of findings follows the one before it, and says what was open before", async () => {
    const [run, id] = [await open(), await newPayment()];
    const findings = ["pi_1", "pi_2", "pi_3"].map((objectId) => finding(id, "provider_mismatch", objectId));
    await locked((session) => saveReconciledPage(session, run.id, page(run, { findings: [...findings, finding(id)] })));
    await pool.query(
      `INSERT INTO anomalies (id, kind, payment_id, provider_object_id, evidence, opened_at) VALUES
       ('a', 'provider_mismatch', $1, 'pi_1', '{}', now() - interval '1 day'),
       ('b', 'provider_mismatch', $1, 'pi_2', '{}', now() + interval '1 s')`,
      [id],
    );
    const first = await listFindings(pool, run, null, 3);
    const rest = await listFindings(pool, run, first.at(-1) ?? null, 3);
    expect([...first, ...rest].map(({ kind, providerObjectId, isNew }) => [kind, providerObjectId, isNew])).toEqual([
      ["healing", "pi_1", null],
      ["provider_mismatch", "pi_1", false],
      ["provider_mismatch", "pi_2", true],
      ["provider_mismatch", "pi_3", false],
    ]);
  });
});
