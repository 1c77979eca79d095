import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { openAnomaly } from "../open-anomaly.ts";
import { acceptOne, createTestDatabase, emptyTables, insertMerchant } from "../testing.ts";
import { listAnomalies, readAnomaly } from "./list-anomalies.ts";
import { resolveAnomaly } from "./resolve-anomaly.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(() => emptyTables(testDatabase.db, "anomalies"));

const ACTOR = { operatorId: null, name: "cli:test", via: "cli" } as const;

async function open(providerObjectId: string, paymentId: string | null = null): Promise<string> {
  const { pool } = testDatabase.db;
  await openAnomaly(pool, { kind: "provider_mismatch", paymentId, providerObjectId, evidence: { seen: 1 } });
  const { rows } = await pool.query("SELECT id FROM anomalies WHERE provider_object_id = $1", [providerObjectId]);
  return rows[0].id;
}
const list = async (isOpen: boolean, page = {}) => {
  const found = await listAnomalies(testDatabase.db.pool, { isOpen, limit: 50, ...page });
  return { ...found, ids: found.anomalies.map(({ id }) => id) };
};

describe("anomalies", () => {
  test("are open or resolved, the newest first, page by page", async () => {
    const ids = [await open("pi_1"), await open("pi_2"), await open("pi_3")];
    await resolveAnomaly(testDatabase.db.pool, ACTOR, ids[2] ?? "", { resolution: "refunded", reason: "done" });
    expect(await list(true, { limit: 1 })).toMatchObject({ ids: [ids[1]], hasMore: true });
    expect(await list(true, { limit: 1, before: ids[1] })).toMatchObject({ ids: [ids[0]], hasMore: false });
    expect((await list(false)).anomalies).toMatchObject([
      { id: ids[2], resolution: "refunded", evidence: { seen: 1 } },
    ]);
  });

  test("say who resolved them and why, with a payment and without", async () => {
    const { db } = testDatabase;
    const paymentId = await acceptOne(db, await insertMerchant(db));
    for (const id of [await open("pi_1"), await open("pi_2", paymentId)]) {
      expect(await readAnomaly(db.pool, id)).toMatchObject({ anomaly: { id, resolvedAt: null }, end: null });
      await resolveAnomaly(db.pool, ACTOR, id, { resolution: "other", reason: `about ${id}` });
      expect(await readAnomaly(db.pool, id)).toMatchObject({
        anomaly: { resolution: "other", resolvedAt: expect.any(Date) },
        end: { actor: "cli:test", reason: `about ${id}` },
      });
    }
  });

  test("that do not exist are nothing", async () => {
    expect(await readAnomaly(testDatabase.db.pool, newId("ano"))).toBeNull();
  });
});
