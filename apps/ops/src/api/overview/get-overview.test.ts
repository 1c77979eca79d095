import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openAnomaly } from "@payonce/db";
import { reportCharger } from "@payonce/db/operations";
import { acceptOne, deadLetterOne } from "@payonce/db/testing";
import { startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const look = async () => (await api.as("viewer").get("/overview")).body;

test("is quiet when there is nothing", async () => {
  expect(await look()).toMatchObject({
    object: "overview",
    outbox: { count: 0, is_more: false, oldest_age_seconds: null },
    moving: { count: 0, by_status: {} },
    oldest_unknown: null,
    dead_letters: { count: 0, oldest_age_seconds: null },
    open_anomalies: { count: 0 },
    paused_queues: [],
    chargers: [],
  });
});

test("tells of everything that waits, and of the chargers", async () => {
  const id = await acceptOne(api.db, api.merchantId);
  await api.query(
    "UPDATE payments SET status = 'unknown', outcome_unknown = true, provider_object_id = 'pi_1' WHERE id = $1",
    id,
  );
  await acceptOne(api.db, api.merchantId);
  await deadLetterOne(api.db, api.merchantId, { outcomeUnknown: true });
  await openAnomaly(api.db.pool, { kind: "x", paymentId: null, providerObjectId: "pi_2", evidence: [] });
  await api.as("operator").post("/queues/charges/pause", { reason: "the bank is down" });
  const now = new Date();
  const charger = { id: "charger-1", version: "0.1.0", breaker: "open" as const, breakerSince: now, startedAt: now };
  await reportCharger(api.db.pool, charger);
  expect(await look()).toMatchObject({
    outbox: { count: 3, is_more: false, oldest_age_seconds: expect.any(Number) },
    moving: { count: 2, by_status: { queued: 1, unknown: 1 } },
    oldest_unknown: { payment_id: id, age_seconds: expect.any(Number) },
    dead_letters: { count: 1, outcome_unknown: 1 },
    open_anomalies: { count: 1 },
    paused_queues: [{ queue: "charges", reason: "the bank is down" }],
    chargers: [{ id: "charger-1", breaker: "open", breaker_since: now.toISOString() }],
  });
});
