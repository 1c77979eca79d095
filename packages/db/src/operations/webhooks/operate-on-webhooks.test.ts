import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  createTestDatabase,
  deliverAllEvents,
  emptyTables,
  insertMerchant,
  insertWebhookEndpoint,
  succeedOne,
  TEST_ACTOR,
} from "../../testing.ts";
import { findScans } from "../testing-plans.ts";
import { disableEndpoint, enableEndpoint } from "./change-endpoint.ts";
import { listDeliveriesForOperators, readDelivery } from "./list-deliveries.ts";
import { listEndpointsForOperators, readEndpoint } from "./list-endpoints.ts";
import { readSealedSecrets } from "./read-sealed-secrets.ts";
import { readWebhookOverview } from "./read-webhook-overview.ts";
import { redeliverAll, redeliverOne } from "./redeliver-as-operator.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
let endpointId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await emptyTables(testDatabase.db, "payments", "webhook_endpoints");
  merchantId = await insertMerchant(testDatabase.db);
  endpointId = (await insertWebhookEndpoint(testDatabase.db, merchantId)).id;
});

const pool = () => testDatabase.db.pool;
const rows = async (sql: string, ...values: unknown[]) => (await pool().query(sql, values)).rows;
const read = async (id: string) => (await rows("SELECT * FROM webhook_deliveries WHERE id = $1", id))[0];
const auditOf = (id: string) => rows("SELECT action, reason, after FROM audit_log WHERE target = $1 ORDER BY id", id);

/** A delivery of a new payment's first event. */
async function deliver(): Promise<string> {
  await succeedOne(testDatabase.db, merchantId);
  const [id] = await deliverAllEvents(testDatabase.db);
  return id ?? "";
}

async function giveUp(reason = "attempts_spent"): Promise<string> {
  const id = await deliver();
  await rows(
    `UPDATE webhook_deliveries SET status = 'dead_lettered', dead_letter_reason = $2, next_action_at = NULL, tries = 9,
       attempts = 9, last_attempt_at = now(), last_http_status = 500, last_error = 'http_500', last_response = 'oops' WHERE id = $1`,
    id,
    reason,
  );
  return id;
}

describe("redelivering one", () => {
  test("gives it a new round and has a job made, with an entry about its payment", async () => {
    const id = await giveUp();
    const { payment_id: paymentId, dispatch } = await read(id);
    expect(await redeliverOne(pool(), TEST_ACTOR, { id, version: 1 }, "it is up again")).toEqual({
      result: "redelivered",
      status: "pending",
      version: 2,
      tries: 0,
    });
    expect(await read(id)).toMatchObject({ status: "pending", tries: 0, needs_job: true, dispatch: dispatch + 1 });
    const entries = await rows("SELECT action FROM audit_log WHERE payment_id = $1 AND target = $2", paymentId, id);
    expect(entries).toEqual([{ action: "redeliver_webhook" }]);
  });

  test("pressed by many at once, or on an old page, sends once", async () => {
    const id = await giveUp();
    const presses = Array.from({ length: 5 }, () => redeliverOne(pool(), TEST_ACTOR, { id, version: 1 }, "x"));
    const results = (await Promise.all(presses)).map(({ result }) => result);
    expect(results.toSorted()).toEqual(["redelivered", ...Array(4).fill("under_way")]);
    await rows("UPDATE webhook_deliveries SET status = 'succeeded', next_action_at = NULL WHERE id = $1", id);
    expect(await redeliverOne(pool(), TEST_ACTOR, { id, version: 1 }, "x")).toMatchObject({ result: "changed" });
    expect(await auditOf(id)).toHaveLength(1);
  });

  test("waits for its endpoint to be enabled", async () => {
    const id = await giveUp();
    await disableEndpoint(pool(), TEST_ACTOR, endpointId, "x");
    expect(await redeliverOne(pool(), TEST_ACTOR, { id }, "x")).toMatchObject({ result: "endpoint_disabled" });
    expect(await redeliverOne(pool(), TEST_ACTOR, { id: "whd_nobody" }, "x")).toEqual({ result: "not_found" });
    expect(await read(id)).toMatchObject({ status: "dead_lettered" });
  });
});

describe("redelivering all of an endpoint", () => {
  test("takes those that were given up, and no other", async () => {
    const given = [await giveUp(), await giveUp("no_progress")];
    const [held, sent] = [await giveUp("endpoint_disabled"), await deliver()];
    const other = await insertWebhookEndpoint(testDatabase.db, await insertMerchant(testDatabase.db));
    expect(await redeliverAll(pool(), TEST_ACTOR, other.id, "x")).toEqual({
      result: "done",
      redelivered: 0,
      isMore: false,
    });
    const results = await Promise.all(
      [1, 2, 3].map(() => redeliverAll(pool(), TEST_ACTOR, endpointId, "it is up again")),
    );
    expect(results.map((result) => "redelivered" in result && result.redelivered).toSorted()).toEqual([0, 0, 2]);
    for (const id of given) expect(await read(id)).toMatchObject({ status: "pending", needs_job: true });
    expect(await read(held)).toMatchObject({ status: "dead_lettered" });
    expect(await read(sent)).toMatchObject({ version: 1 });
    expect(await auditOf(endpointId)).toEqual([
      { action: "redeliver_webhooks", reason: "it is up again", after: { pending: 2 } },
    ]);
  });

  test("does nothing while it is disabled", async () => {
    const id = await giveUp();
    await disableEndpoint(pool(), TEST_ACTOR, endpointId, "x");
    expect(await redeliverAll(pool(), TEST_ACTOR, endpointId, "x")).toEqual({ result: "endpoint_disabled" });
    expect(await redeliverAll(pool(), TEST_ACTOR, "whe_nobody", "x")).toEqual({ result: "not_found" });
    expect(await read(id)).toMatchObject({ version: 1 });
  });
});

describe("an endpoint", () => {
  test("is disabled and enabled once each, with the reasons kept", async () => {
    await rows("UPDATE webhook_endpoints SET failing_since = now() WHERE id = $1", endpointId);
    const press = (act: typeof disableEndpoint) =>
      Promise.all([1, 2].map(() => act(pool(), TEST_ACTOR, endpointId, "floods us")));
    expect((await press(disableEndpoint)).map((one) => one?.changed).toSorted()).toEqual([false, true]);
    const disabled = await readEndpoint(pool(), endpointId);
    expect(disabled).toMatchObject({ status: "disabled", disabledReason: "operator", failingSince: expect.any(Date) });
    expect((await press(enableEndpoint)).map((one) => one?.changed).toSorted()).toEqual([false, true]);
    expect(await readEndpoint(pool(), endpointId)).toMatchObject({
      status: "enabled",
      disabledReason: null,
      failingSince: null,
    });
    const actions = (await auditOf(endpointId)).map(({ action }) => action);
    expect(actions).toEqual(["disable_webhook_endpoint", "enable_webhook_endpoint"]);
    expect(await enableEndpoint(pool(), TEST_ACTOR, "whe_nobody", "x")).toBeNull();
  });

  test("is shown with what waits, what was given up and how it last went, and never with its secret", async () => {
    await giveUp();
    await giveUp("endpoint_disabled");
    await deliver();
    const shown = await readEndpoint(pool(), endpointId);
    expect(shown).toMatchObject({
      merchantId,
      waiting: 1,
      deadLettered: 1,
      held: 1,
      lastSuccessAt: null,
      lastFailure: { at: expect.any(Date), httpStatus: 500, error: "http_500" },
    });
    expect(Object.keys(shown ?? {}).filter((name) => /secret/i.test(name))).toEqual([]);
    expect(await readSealedSecrets(pool(), 5)).toEqual([{ id: endpointId, secret: expect.any(Buffer) }]);
  });

  test("in trouble is found by its trouble", async () => {
    const failing = await insertWebhookEndpoint(testDatabase.db, merchantId);
    await rows("UPDATE webhook_endpoints SET failing_since = now() WHERE id = $1", failing.id);
    const disabled = await insertWebhookEndpoint(testDatabase.db, await insertMerchant(testDatabase.db));
    await disableEndpoint(pool(), TEST_ACTOR, disabled.id, "x");
    await rows("UPDATE webhook_endpoints SET created_at = now() WHERE id <> $1", endpointId);
    await giveUp();
    await rows(
      "UPDATE webhook_deliveries SET status = 'succeeded', dead_letter_reason = NULL, next_action_at = NULL WHERE endpoint_id <> $1",
      endpointId,
    );
    const find = async (filter: object) =>
      (await listEndpointsForOperators(pool(), { limit: 10, ...filter })).endpoints.map(({ id }) => id);
    expect(await find({})).toEqual([disabled.id, failing.id, endpointId]);
    expect(await find({ merchantId })).toEqual([failing.id, endpointId]);
    expect(await find({ trouble: "disabled" })).toEqual([disabled.id]);
    expect(await find({ trouble: "failing" })).toEqual([failing.id]);
    const page = await listEndpointsForOperators(pool(), { limit: 1, before: disabled.id });
    expect(page).toMatchObject({ endpoints: [{ id: failing.id }], hasMore: true });
  });
});

test("deliveries are listed by endpoint and state, and one is shown with what was answered", async () => {
  const [dead, waiting] = [await giveUp(), await deliver()];
  const list = async (filter: object) =>
    (await listDeliveriesForOperators(pool(), { limit: 10, ...filter })).deliveries.map(({ id }) => id);
  expect(await list({ endpointId })).toEqual([waiting, dead]);
  expect(await list({ status: "dead_lettered" })).toEqual([dead]);
  expect(await list({ endpointId, status: "pending" })).toEqual([waiting]);
  expect(await list({ endpointId: "whe_nobody" })).toEqual([]);
  expect(await readDelivery(pool(), dead)).toMatchObject({ lastHttpStatus: 500, lastResponse: "oops", attempts: 9 });
  await rows("UPDATE webhook_endpoints SET deleted_at = now(), secret = NULL WHERE id = $1", endpointId);
  expect(await readDelivery(pool(), dead)).toBeNull();
  expect(await list({})).toEqual([]);
});

test("the overview counts what waits, was given up and is disabled, without reading the deliveries whole", async () => {
  await giveUp();
  await giveUp("endpoint_disabled");
  await deliver();
  await succeedOne(testDatabase.db, merchantId);
  await disableEndpoint(pool(), TEST_ACTOR, endpointId, "x");
  expect(await readWebhookOverview(pool())).toMatchObject({
    outbox: { count: 1, isMore: false },
    waiting: { count: 1, longestDueSeconds: expect.any(Number) },
    deadLetters: { count: 1 },
    disabledEndpoints: { count: 1, failing: 0 },
  });
  await rows(
    `INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, payment_id, payment_version, event_at, status, next_action_at)
     SELECT 'whd_' || n, endpoint_id, 'evt_' || n, event_type, payment_id, payment_version, event_at, 'succeeded', NULL
     FROM (SELECT * FROM webhook_deliveries LIMIT 1) d, generate_series(1, 5000) n`,
  );
  await rows("ANALYZE webhook_deliveries");
  expect(await findScans(pool(), "webhook_deliveries", readWebhookOverview)).toEqual([]);
});
