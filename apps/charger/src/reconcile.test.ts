import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { listFindings, type ReconciliationRun, relayBatch } from "@payonce/db";
import { createTestDatabase, emptyTables } from "@payonce/db/testing";
import { newId, type PaymentState } from "@payonce/domain";
import { createLogger } from "@payonce/service";
import type pg from "pg";
import { createBreaker } from "./breaker.ts";
import { createPaymentWrites } from "./payment-writes.ts";
import { type ChargeBullJob, processJob } from "./process-job.ts";
import { type PeriodResult, type ReconcilePeriodOptions, reconcilePeriod } from "./reconcile-period.ts";
import { chargeOf, createBooks, insertPayments, type PaymentToInsert } from "./scripted-reconciliation.ts";

const HOUR_MS = 3_600_000;
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  pool = testDatabase.db.pool;
});
beforeEach(() => emptyTables(testDatabase.db, "merchants", "reconciliations"));
afterAll(() => testDatabase.drop());

const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS);
// One for a whole test: only the same period is the same run.
const lastDay = { from: hoursAgo(24), to: hoursAgo(-1) };
const quick = { rereadAfterMs: 1, retryWaitsMs: [] };

function run(books: ReturnType<typeof createBooks>, options: Partial<ReconcilePeriodOptions> = {}, period = lastDay) {
  return reconcilePeriod({ pool, provider: books.provider, now: new Date(), ...quick, ...options }, period);
}
const insert = async (payment: Partial<PaymentToInsert>) =>
  (await insertPayments(testDatabase.db, [payment]))[0] as string;
const all = async (table: string) => (await pool.query(`SELECT * FROM ${table}`)).rows;
const anomalies = () => all("anomalies");
const outbox = () => all("outbox");
const countsOf = (result: PeriodResult) => {
  if (result.kind !== "finished") throw new Error(`it is ${JSON.stringify(result)}`);
  const { charges, payments, healing, anomalies } = result.run;
  return { charges, payments, healing, anomalies };
};

describe("the provider's charges", () => {
  test("that agree with their payments are left alone, and so is everything else", async () => {
    const id = await insert({});
    const before = await all("payments");
    const books = createBooks([chargeOf(id), chargeOf(newId("pay"), { state: "canceled" })]);
    expect(countsOf(await run(books))).toEqual({ charges: 1, payments: 1, healing: 0, anomalies: 0 });
    expect(await all("payments")).toEqual(before);
    expect([await anomalies(), await outbox()]).toEqual([[], []]);
    expect(books.calls).toEqual(["list null"]);
  });

  test.each<[PaymentState, Partial<PaymentToInsert>]>([
    ["queued", {}],
    ["retry_wait", {}],
    ["unknown", {}],
    ["charging", { dueInSeconds: -5 }],
    ["charging", { dueInSeconds: 60 }],
    ["dead_lettered", { outcomeUnknown: true }],
    ["dead_lettered", {}],
  ])("of a payment that is %s (%j) have it looked at, without touching it", async (status, payment) => {
    const id = await insert({ status, ...payment });
    const before = await all("payments");
    const result = await run(createBooks([chargeOf(id)]));
    expect(countsOf(result)).toMatchObject({ healing: 1, anomalies: 0 });
    expect(await outbox()).toMatchObject([{ kind: "look_again", payment_id: id }]);
    expect(await all("payments")).toEqual(before);
  });

  test.each<[PaymentState, Partial<PaymentToInsert>]>([
    ["queued", {}],
    ["retry_wait", {}],
    ["unknown", {}],
    ["charging", { dueInSeconds: -5 }],
    ["dead_lettered", { outcomeUnknown: true }],
    ["dead_lettered", {}],
  ])("of a payment that was %s (%j) are its outcome once the charger has looked", async (status, payment) => {
    const id = await insert({ status, ...payment });
    const books = createBooks([chargeOf(id)]);
    await run(books);
    await lookAgain(books);
    expect(await all("payments")).toMatchObject([{ status: "succeeded", outcome_unknown: false }]);
    expect(countsOf(await run(books))).toMatchObject({ healing: 0, anomalies: 0 });
  });

  test("have a payment looked at once, though it is found again before anybody looked", async () => {
    const id = await insert({ status: "unknown" });
    for (const _ of [1, 2]) expect(countsOf(await run(createBooks([chargeOf(id)])))).toMatchObject({ healing: 1 });
    expect(await outbox()).toHaveLength(1);
  });

  test("are compared again before anything differs, when their payment is being charged at this moment", async () => {
    const id = await insert({ status: "charging", dueInSeconds: 60 });
    const settle = () =>
      pool.query("UPDATE payments SET status = 'succeeded', next_action_at = NULL WHERE id = $1", [id]);
    const settled = delay(100).then(settle);
    const result = await run(createBooks([chargeOf(id)]), { rereadAfterMs: 1_000 });
    await settled;
    expect(countsOf(result)).toMatchObject({ healing: 0, anomalies: 0 });
    expect(await outbox()).toEqual([]);
  });

  test.each<PaymentState>(["declined", "canceled"])("of a payment that is %s are an anomaly", async (status) => {
    const id = await insert({ status });
    expect(countsOf(await run(createBooks([chargeOf(id)])))).toMatchObject({ healing: 0, anomalies: 1 });
    expect(await anomalies()).toMatchObject([
      { kind: `charged_though_${status}`, payment_id: id, provider_object_id: `pi_${id}` },
    ]);
    expect(await all("payments")).toMatchObject([{ status, version: 1 }]);
  });

  test.each([
    ["amount", "succeeded", { amountMinor: 4201 }],
    ["currency", "succeeded", { currency: "usd" }],
    ["amount", "unknown", { amountMinor: 1 }],
    ["amount", "declined", { amountMinor: 1 }],
  ] as const)("of another %s than their payment that is %s are an anomaly", async (_what, status, money) => {
    const id = await insert({ status });
    expect(countsOf(await run(createBooks([chargeOf(id, money)])))).toMatchObject({ healing: 0, anomalies: 1 });
    expect(await anomalies()).toMatchObject([{ kind: "provider_mismatch", payment_id: id }]);
  });

  test("of a payment of another provider account are an anomaly: the charger would not touch it", async () => {
    const id = await insert({ status: "unknown", account: "acct_other" });
    expect(countsOf(await run(createBooks([chargeOf(id)])))).toMatchObject({ healing: 0, anomalies: 1 });
    expect(await anomalies()).toMatchObject([{ kind: "provider_mismatch", payment_id: id }]);
  });

  test("through an object other than the stored one are an anomaly: the payment was charged twice", async () => {
    const id = await insert({});
    const books = createBooks([chargeOf(id), chargeOf(id, { id: "pi_second" })]);
    expect(countsOf(await run(books))).toMatchObject({ charges: 2, healing: 0, anomalies: 1 });
    expect(await anomalies()).toMatchObject([
      { kind: "charged_object_not_stored", payment_id: id, provider_object_id: "pi_second" },
    ]);
  });

  test.each<[PaymentState, Partial<PaymentToInsert>]>([
    ["queued", {}],
    ["retry_wait", {}],
    ["charging", { dueInSeconds: -5 }],
    ["dead_lettered", {}],
    ["canceled", {}],
  ])("of a payment that is %s (%j) and has stored no object are an anomaly", async (status, payment) => {
    const id = await insert({ status, objectId: null, ...payment });
    expect(countsOf(await run(createBooks([chargeOf(id)])))).toMatchObject({ healing: 0, anomalies: 1 });
    expect(await anomalies()).toMatchObject([{ kind: "charged_object_not_stored", payment_id: id }]);
    expect(await outbox()).toEqual([]);
  });

  test("of a payment whose attempt may be about to store them have it looked at afterwards", async () => {
    const id = await insert({ status: "charging", objectId: null, dueInSeconds: 60 });
    expect(countsOf(await run(createBooks([chargeOf(id)])))).toMatchObject({ healing: 1, anomalies: 0 });
    expect(await outbox()).toMatchObject([{ kind: "look_again", payment_id: id }]);
  });

  test.each([
    ["a payment that is not here", newId("pay")],
    ["no payment", null],
    ["what is no id, nor text that Postgres takes", "\0 sk_live_secret"],
  ])("of %s are an anomaly of no payment, and the evidence holds no text of strangers", async (_whose, paymentId) => {
    const books = createBooks([chargeOf(paymentId, { id: "pi_alone" })]);
    expect(countsOf(await run(books))).toMatchObject({ charges: 1, healing: 0, anomalies: 1 });
    const [anomaly] = await anomalies();
    expect(anomaly).toMatchObject({
      kind: "charge_without_payment",
      payment_id: null,
      provider_object_id: "pi_alone",
      evidence: { charge: { id: "pi_alone", amountMinor: 4200, currency: "eur", state: "succeeded" }, payment: null },
    });
    expect(JSON.stringify(anomaly)).not.toContain("secret");
  });

  test("that lost the name of their payment belong to the one that has stored them", async () => {
    const id = await insert({});
    const books = createBooks([chargeOf(id, { paymentId: null })]);
    expect(countsOf(await run(books))).toMatchObject({ charges: 1, healing: 0, anomalies: 0 });
  });

  test("of payments from before the period are compared as well", async () => {
    const id = await insert({ status: "unknown", createdAt: hoursAgo(48) });
    expect(countsOf(await run(createBooks([chargeOf(id)])))).toMatchObject({ healing: 1, payments: 0 });
  });

  test("are listed for a day after the period, because an object is made after its payment", async () => {
    const period = { from: hoursAgo(60), to: hoursAgo(36) };
    const [late, later] = await insertPayments(testDatabase.db, [
      { status: "unknown", createdAt: hoursAgo(40) },
      { status: "unknown", createdAt: hoursAgo(40) },
    ]);
    const books = createBooks([
      chargeOf(late as string, { createdAt: hoursAgo(13) }),
      chargeOf(later as string, { createdAt: hoursAgo(11) }),
    ]);
    await run(books, {}, period);
    expect(await outbox()).toMatchObject([{ payment_id: late }]);
  });
});

describe("our succeeded payments", () => {
  test("whose object was made outside the listed time agree with it when it has charged", async () => {
    const id = await insert({});
    const books = createBooks([chargeOf(id, { createdAt: hoursAgo(72) })]);
    expect(countsOf(await run(books))).toEqual({ charges: 0, payments: 1, healing: 0, anomalies: 0 });
    expect(books.calls).toEqual(["list null", `retrieve pi_${id}`]);
  });

  test.each([
    ["has not charged", { state: "requires_payment_method" }, "succeeded_without_charge"],
    ["was canceled", { state: "canceled" }, "succeeded_without_charge"],
    ["is about other money", { amountMinor: 1, createdAt: hoursAgo(72) }, "provider_mismatch"],
  ])("whose object %s are an anomaly", async (_what, object, kind) => {
    const id = await insert({});
    expect(countsOf(await run(createBooks([chargeOf(id, object)])))).toMatchObject({ healing: 0, anomalies: 1 });
    expect(await anomalies()).toMatchObject([
      { kind, payment_id: id, provider_object_id: `pi_${id}`, evidence: [{ operation: "retrieve" }] },
    ]);
    expect(await all("payments")).toMatchObject([{ status: "succeeded", version: 1 }]);
  });

  test("whose object the provider does not know are an anomaly", async () => {
    await insert({});
    await run(createBooks());
    expect(await anomalies()).toMatchObject([{ kind: "succeeded_without_charge", evidence: [{ httpStatus: 404 }] }]);
  });

  test("are not judged while the provider cannot be asked; the run is gone on with later", async () => {
    const id = await insert({});
    const books = createBooks([chargeOf(id, { createdAt: hoursAgo(72) })]);
    const evidence = { operation: "retrieve", at: "", durationMs: 1 } as const;
    for (const answer of [
      { kind: "unknown", code: "provider_timeout", evidence },
      { kind: "not_executed", code: "provider_refused_our_key", evidence: { ...evidence, httpStatus: 401 } },
      { kind: "declined", code: "provider_rejected", evidence: { ...evidence, httpStatus: 400 } },
    ] as const) {
      books.before = async (call) => (call.startsWith("retrieve") ? answer : undefined);
      expect(await run(books)).toMatchObject({ kind: "provider_unreachable", code: answer.code });
    }
    expect(await anomalies()).toEqual([]);
    books.before = async () => undefined;
    expect(countsOf(await run(books))).toEqual({ charges: 0, payments: 1, healing: 0, anomalies: 0 });
    expect(books.calls.filter((call) => call.startsWith("list"))).toHaveLength(1);
    expect(await all("reconciliations")).toHaveLength(1);
  });

  test("of another period or another provider account are not looked for", async () => {
    await insert({ createdAt: hoursAgo(25) });
    await insert({ createdAt: hoursAgo(-2) });
    await insert({ account: "acct_other" });
    await insert({ status: "declined" });
    const books = createBooks();
    expect(countsOf(await run(books))).toEqual({ charges: 0, payments: 0, healing: 0, anomalies: 0 });
    expect(books.calls).toEqual(["list null"]);
  });
});

describe("a run", () => {
  test("over an empty period finishes and finds nothing", async () => {
    expect(countsOf(await run(createBooks()))).toEqual({ charges: 0, payments: 0, healing: 0, anomalies: 0 });
  });

  test("asks for no more pages than there are, and keeps no list of charges when it is done", async () => {
    const ids = await insertPayments(testDatabase.db, Array(2_000).fill({}));
    const books = createBooks(ids.map((id) => chargeOf(id)));
    expect(countsOf(await run(books))).toEqual({ charges: 2_000, payments: 2_000, healing: 0, anomalies: 0 });
    expect(books.calls).toHaveLength(20);
    expect(await all("reconciliation_seen")).toEqual([]);
  });

  test("that is done again opens nothing again and finds the same", async () => {
    const books = await everyDifference();
    const first = await run(books);
    expect(await noveltyOf(first)).toEqual([true, true, true, null, true, true]);
    const [opened, waiting] = [await anomalies(), await outbox()];
    const second = await run(books);
    expect(countsOf(second)).toEqual(countsOf(first));
    expect(await noveltyOf(second)).toEqual([false, false, false, null, false, false]);
    expect([await anomalies(), await outbox()]).toEqual([opened, waiting]);
    expect(countsOf(first)).toEqual({ charges: 6, payments: 3, healing: 1, anomalies: 5 });
    expect(await all("reconciliations")).toHaveLength(2);
  });

  test.each([
    ["list", 3],
    ["retrieve", 150],
  ])("that dies at %s number %i goes on there, and finds what an undisturbed one finds", async (call, number) => {
    const ids = await insertPayments(testDatabase.db, Array(650).fill({}));
    const charged = ids.slice(0, 350).map((id) => chargeOf(id));
    const uncharged = ids.slice(350).map((id) => chargeOf(id, { state: "canceled" }));
    const books = createBooks([...charged, ...uncharged, chargeOf(null, { id: "pi_alone" })]);
    let left = number;
    books.before = async (made) => {
      if (made.startsWith(call) && --left === 0) throw new Error("killed");
      return undefined;
    };
    await expect(run(books)).rejects.toThrow("killed");
    const made = books.calls.length;
    expect(countsOf(await run(books))).toEqual({ charges: 351, payments: 650, healing: 0, anomalies: 301 });
    expect(await anomalies()).toHaveLength(301);
    expect(await all("reconciliation_findings")).toHaveLength(301);
    expect(await all("reconciliations")).toHaveLength(1);
    // 7 pages and 300 lookups; the page that it died in is done again.
    expect(books.calls.length).toBeLessThanOrEqual(307 + 100);
    expect(books.calls[made]).not.toBe("list null");
  });

  test("beside another over the same period leaves it to that", async () => {
    const books = await everyDifference();
    const entered = createGate();
    const released = createGate();
    books.before = async () => {
      entered.resolve();
      await released.promise;
      return undefined;
    };
    const first = run(books);
    await entered.promise;
    expect(await run(books)).toEqual({ kind: "taken" });
    released.resolve();
    expect(countsOf(await first)).toMatchObject({ healing: 1, anomalies: 5 });
    expect(await all("reconciliations")).toHaveLength(1);
  });

  test("beside another over an overlapping period opens nothing twice", async () => {
    const books = await everyDifference();
    const periods = [1, 2, 3].map((hours) => ({ from: hoursAgo(24 + hours), to: lastDay.to }));
    for (const result of await Promise.all(periods.map((period) => run(books, {}, period))))
      expect(countsOf(result)).toMatchObject({ healing: 1, anomalies: 5 });
    expect(await anomalies()).toHaveLength(5);
  });

  test.each([
    ["the provider's list", { charges: 100, payments: 0 }],
    ["our payments", { charges: 250, payments: 100 }],
  ])("that is told to stop in %s stops after the page in hand, and can be gone on with", async (_where, stop) => {
    const ids = await insertPayments(testDatabase.db, Array(250).fill({}));
    const books = createBooks(ids.map((id) => chargeOf(id)));
    const stopping = new AbortController();
    const onProgress = ({ charges, payments }: ReconciliationRun) => {
      if (charges === stop.charges && payments === stop.payments) stopping.abort();
    };
    expect(await run(books, { signal: stopping.signal, onProgress })).toMatchObject({ kind: "stopped", run: stop });
    expect(countsOf(await run(books))).toMatchObject({ charges: 250, payments: 250 });
    expect(books.calls).toHaveLength(3);
  });

  test("asks again when the provider does not answer at once", async () => {
    const books = createBooks();
    const evidence = { operation: "find", at: "", durationMs: 1 } as const;
    const answers = [
      { kind: "unknown", code: "provider_timeout", evidence } as const,
      { kind: "not_executed", code: "provider_rate_limited", evidence } as const,
    ];
    books.before = async () => answers.shift();
    expect((await run(books, { retryWaitsMs: [1, 1] })).kind).toBe("finished");
    expect(books.calls).toHaveLength(3);
  });

  test("whose place in the list the provider refuses reads the list from the start, and counts no charge twice", async () => {
    const ids = await insertPayments(testDatabase.db, Array(150).fill({}));
    const books = createBooks(ids.map((id) => chargeOf(id)));
    const evidence = { operation: "find", at: "", durationMs: 1, httpStatus: 400 } as const;
    let isRefused = true;
    books.before = async (call) => {
      if (call === "list null" || !isRefused) return undefined;
      isRefused = false;
      return { kind: "declined", code: "provider_rejected", evidence };
    };
    expect(countsOf(await run(books))).toEqual({ charges: 150, payments: 150, healing: 0, anomalies: 0 });
    expect(books.calls).toHaveLength(4);
  });

  test("makes no provider call inside a transaction", async () => {
    const books = await everyDifference();
    const open: unknown[] = [];
    books.before = async () => {
      const { rows } = await pool.query(
        "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
      );
      open.push(...rows);
      return undefined;
    };
    await run(books);
    expect(open).toEqual([]);
  });
});

const noveltyOf = async (result: PeriodResult) => {
  if (result.kind !== "finished") throw new Error(result.kind);
  return (await listFindings(pool, result.run, null, 100)).map(({ isNew }) => isNew);
};

/** One of each. */
async function everyDifference() {
  const [fine, unknown, declined, uncharged, twice] = (await insertPayments(testDatabase.db, [
    {},
    { status: "unknown" },
    { status: "declined" },
    {},
    {},
  ])) as [string, string, string, string, string];
  return createBooks([
    chargeOf(fine),
    chargeOf(unknown),
    chargeOf(declined),
    chargeOf(uncharged, { state: "requires_payment_method" }),
    chargeOf(twice, { amountMinor: 1 }),
    chargeOf(twice, { id: "pi_second" }),
    chargeOf(newId("pay")),
  ]);
}

/** What relay and charger do with the rows that were left for them. */
async function lookAgain({ provider }: ReturnType<typeof createBooks>) {
  const breaker = createBreaker({ failuresToOpen: 9, openMs: 1, maxOpenMs: 1, now: () => performance.now() });
  const leaseMs = 60_000;
  const writes = createPaymentWrites(pool, leaseMs);
  const options = { pool, writes, provider, breaker, leaseMs, retryWaitsMs: [60_000], random: () => 0.5 };
  await relayBatch(pool, 100, async (rows) => {
    for (const { kind, paymentId, dispatch } of rows)
      if (kind === "look_again")
        await processJob(
          { ...options, logger: createLogger("test", "silent") },
          { name: "look-again", data: { paymentId, dispatch } } as ChargeBullJob,
          "token",
        );
    return new Set();
  });
}

function createGate() {
  let resolve = () => {};
  const promise = new Promise<void>((open) => {
    resolve = open;
  });
  return { promise, resolve };
}
