import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type pg from "pg";
import { acceptOne, createTestDatabase, insertMerchant } from "../testing.ts";
import { type Actor, type AuditEntry, appendAudit, withAudit } from "./audit.ts";
import { listAudit } from "./list-audit.ts";
import { findScans } from "./testing-plans.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let paymentId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const { db } = testDatabase;
  paymentId = await acceptOne(db, await insertMerchant(db));
  const anna: Actor = { operatorId: null, name: "anna", via: "console" };
  const bert: Actor = { operatorId: null, name: "bert", via: "api" };
  const entry = (action: string, rest: Partial<AuditEntry> = {}) => ({
    action,
    reason: `why ${action}`,
    before: { n: 1 },
    after: null,
    ...rest,
  });
  await withAudit(db.pool, async (client) => {
    await appendAudit(client, anna, [entry("pause_queue", { target: "charges" })]);
    await appendAudit(client, bert, [entry("retry", { paymentId }), entry("look_up", { paymentId })]);
    await appendAudit(client, anna, [entry("retry", { paymentId })]);
  });
});
afterAll(() => testDatabase.drop());

const list = async (filter = {}, page = {}) => {
  const { entries, hasMore } = await listAudit(testDatabase.db.pool, filter, { limit: 50, ...page });
  return { hasMore, entries, told: entries.map(({ actor, action }) => `${actor} ${action}`) };
};

describe("the audit log", () => {
  test("tells who did what, to what and why, the newest first", async () => {
    const { entries, told } = await list();
    expect(told).toEqual(["anna retry", "bert look_up", "bert retry", "anna pause_queue"]);
    expect(entries.at(-1)).toMatchObject({
      target: "charges",
      paymentId: null,
      via: "console",
      reason: "why pause_queue",
      before: { n: 1 },
      after: null,
      at: expect.any(Date),
    });
  });

  test("can be of a person, an action, a payment, and of all three", async () => {
    expect((await list({ actor: "anna" })).told).toEqual(["anna retry", "anna pause_queue"]);
    expect((await list({ action: "retry" })).told).toEqual(["anna retry", "bert retry"]);
    expect((await list({ paymentId })).told).toEqual(["anna retry", "bert look_up", "bert retry"]);
    expect((await list({ paymentId, actor: "bert", action: "retry" })).told).toEqual(["bert retry"]);
    expect((await list({ actor: "nobody" })).told).toEqual([]);
  });

  test("comes page by page", async () => {
    const first = await list({}, { limit: 3 });
    expect(first).toMatchObject({ hasMore: true });
    const second = await list({}, { limit: 3, before: first.entries.at(-1)?.id });
    expect(second).toMatchObject({ told: ["anna pause_queue"], hasMore: false });
  });

  test("of a payment is not looked for in the whole", async () => {
    const { pool } = testDatabase.db;
    await pool.query(
      `INSERT INTO audit_log (id, actor, via, action, reason) SELECT 'aud_0' || n, 'many', 'api', 'retry', 'x'
       FROM generate_series(1, 5000) n`,
    );
    await pool.query("ANALYZE audit_log");
    const read = (by: pg.Pool) => listAudit(by, { paymentId }, { limit: 50 });
    expect(await findScans(pool, "audit_log", read)).toEqual([]);
  });
});
