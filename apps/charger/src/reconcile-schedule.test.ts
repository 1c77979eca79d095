import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createTestDatabase } from "@payonce/db/testing";
import { newId } from "@payonce/domain";
import { createLogger } from "@payonce/service";
import type pg from "pg";
import { reconcileWhenDue, type ScheduleOptions, startReconcileSchedule } from "./reconcile-schedule.ts";
import { chargeOf, createBooks, insertPayments, type PaymentToInsert } from "./scripted-reconciliation.ts";

const HOUR_MS = 3_600_000;
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  pool = testDatabase.db.pool;
});
afterEach(() => testDatabase.drop());

const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS);
const insert = (payment: Partial<PaymentToInsert>) => insertPayments(testDatabase.db, [payment]);
const runs = async () => (await pool.query("SELECT * FROM reconciliations ORDER BY started_at")).rows;

function optionsFor({ provider }: ReturnType<typeof createBooks>, overrides: Partial<ScheduleOptions> = {}) {
  return {
    pool,
    provider,
    intervalMs: HOUR_MS,
    windowMs: 48 * HOUR_MS,
    logger: createLogger("test", "silent"),
    retryWaitsMs: [],
    rereadAfterMs: 1,
    ...overrides,
  } satisfies ScheduleOptions;
}
/** As if the time since the last run had passed. */
const letPass = (hours: number) =>
  pool.query("UPDATE reconciliations SET started_at = started_at - $1 * interval '1 hour'", [hours]);

describe("the scheduled reconciliation", () => {
  test("is done over the window, up to five minutes ago, and again when the interval is over", async () => {
    await insert({ createdAt: hoursAgo(2) });
    const books = createBooks([chargeOf(newId("pay"), { createdAt: hoursAgo(47) })]);
    const options = optionsFor(books);
    expect(await reconcileWhenDue(options)).toMatchObject({ kind: "finished", run: { charges: 1, payments: 1 } });
    expect(await reconcileWhenDue(options)).toBe("not_due");
    const [{ period_from: from, period_to: to, charges_to: chargesTo }] = await runs();
    expect(Math.abs(from - hoursAgo(48).getTime())).toBeLessThan(5_000);
    expect(Math.abs(to - hoursAgo(1 / 12).getTime())).toBeLessThan(5_000);
    expect(chargesTo).toEqual(to);
    await letPass(1);
    expect(await reconcileWhenDue(options)).toMatchObject({ kind: "finished" });
    expect(await runs()).toHaveLength(2);
  });

  test("has nothing to do while the first payment is younger than the interval", async () => {
    const options = optionsFor(createBooks());
    expect(await reconcileWhenDue(options)).toBe("not_due");
    await insert({ createdAt: hoursAgo(0.9) });
    expect(await reconcileWhenDue(options)).toBe("not_due");
  });

  test("reaches back to where the last one ended, however long ago that was", async () => {
    await insert({ createdAt: hoursAgo(2) });
    const options = optionsFor(createBooks());
    await reconcileWhenDue(options);
    await letPass(100);
    await pool.query("UPDATE reconciliations SET period_from = $1, period_to = $2", [hoursAgo(148), hoursAgo(100)]);
    await reconcileWhenDue(options);
    const [first, second] = await runs();
    expect(second.period_from).toEqual(first.period_to);
  });

  test("is done by one of several chargers at a time", async () => {
    await insert({ createdAt: hoursAgo(2) });
    const books = createBooks();
    const results = await Promise.all(Array.from({ length: 5 }, () => reconcileWhenDue(optionsFor(books))));
    expect(results.filter((result) => typeof result === "object")).toHaveLength(1);
    expect(books.calls.filter((call) => call.startsWith("list"))).toHaveLength(1);
    expect(await runs()).toHaveLength(1);
  });

  test("goes on with what was begun, before anything new", async () => {
    const ids = await insertPayments(testDatabase.db, Array(250).fill({ createdAt: hoursAgo(2) }));
    const books = createBooks(ids.map((id) => chargeOf(id, { createdAt: hoursAgo(1) })));
    let left = 2;
    const evidence = { operation: "find", at: "", durationMs: 1 } as const;
    books.before = async () =>
      left-- > 0 ? undefined : { kind: "unknown", code: "provider_timeout", evidence: { ...evidence } };
    const options = optionsFor(books);
    expect(await reconcileWhenDue(options)).toMatchObject({ kind: "provider_unreachable", code: "provider_timeout" });
    await letPass(3);
    left = 100;
    expect(await reconcileWhenDue(options)).toMatchObject({ kind: "finished", run: { charges: 250, payments: 250 } });
    expect(await runs()).toHaveLength(1);
    expect(books.calls).toHaveLength(4);
  });

  test("runs by itself, and stops with the charger in the middle of a run", async () => {
    const ids = await insertPayments(testDatabase.db, Array(450).fill({ createdAt: hoursAgo(2) }));
    const books = createBooks(ids.map((id) => chargeOf(id, { createdAt: hoursAgo(1) })));
    let reached = () => {};
    const secondPage = new Promise<void>((resolve) => {
      reached = resolve;
    });
    books.before = async (call) => {
      if (call !== "list null") {
        reached();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return undefined;
    };
    const schedule = startReconcileSchedule(optionsFor(books, { intervalMs: 20 }));
    await secondPage;
    await schedule.close();
    const { length } = books.calls;
    expect(length).toBeLessThanOrEqual(3);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(books.calls).toHaveLength(length);
    expect(await runs()).toMatchObject([{ finished_at: null, is_provider_listed: false }]);
  });

  test("survives a provider that is away and goes on by itself", async () => {
    await insert({ createdAt: hoursAgo(2) });
    const books = createBooks();
    const evidence = { operation: "find", at: "", durationMs: 1 } as const;
    let failures = 3;
    books.before = async () => {
      if (failures-- > 1) throw new Error("a bug of ours");
      return failures === 0 ? { kind: "unknown", code: "provider_timeout", evidence } : undefined;
    };
    const schedule = startReconcileSchedule(optionsFor(books, { intervalMs: 20 }));
    try {
      for (let tries = 0; tries < 100 && !(await runs())[0]?.finished_at; tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 50));
      expect((await runs())[0].finished_at).not.toBeNull();
    } finally {
      await schedule.close();
    }
  });

  test("is off at an interval of 0", async () => {
    await insert({ createdAt: hoursAgo(2) });
    const books = createBooks();
    const schedule = startReconcileSchedule(optionsFor(books, { intervalMs: 0 }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await schedule.close();
    expect([books.calls, await runs()]).toEqual([[], []]);
  });
});
