import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { cancelPayment } from "@payonce/db";
import { acceptOne, createTestDatabase, insertMerchant } from "@payonce/db/testing";
import { cancelAtProvider } from "./cancel-at-provider.ts";
import { inspectPayment } from "./inspect-payment.ts";
import { createScriptedProvider, type ScriptedProvider } from "./scripted-provider.ts";

const API_VERSION = "2026-01-01";
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const read = async (id: string) =>
  (await testDatabase.db.pool.query("SELECT * FROM payments WHERE id = $1", [id])).rows[0];
const anomaliesOf = async (id: string) =>
  (await testDatabase.db.pool.query("SELECT kind FROM anomalies WHERE payment_id = $1", [id])).rows.map(
    ({ kind }) => kind,
  );

/** A payment with an object at the provider, in a state that the charger left it in. */
async function paymentThatIs(status: string, provider: ScriptedProvider, outcomeUnknown = false): Promise<string> {
  const id = await acceptOne(testDatabase.db, merchantId);
  await provider.create(
    { id, amountMinor: 4200, currency: "eur", paymentMethod: "pm_x", description: null },
    API_VERSION,
    "key",
  );
  await testDatabase.db.pool.query(
    `UPDATE payments SET status = $2, provider_object_id = $3, provider_account = 'acct_test', provider_api_version = $4,
       outcome_unknown = $5, failure_code = CASE WHEN $2 = 'declined' THEN 'lost_card' END,
       dead_letter_reason = CASE WHEN $2 = 'dead_lettered' THEN 'attempts_spent' END,
       next_action_at = CASE WHEN $2 IN ('retry_wait', 'unknown') THEN now() + interval '1 hour' END WHERE id = $1`,
    [id, status, `pi_${id}`, API_VERSION, outcomeUnknown],
  );
  provider.calls.length = 0;
  return id;
}
const charge = (provider: ScriptedProvider, id: string) =>
  provider.confirm({ id: `pi_${id}`, apiVersion: API_VERSION }, "late");
const inspect = (provider: ScriptedProvider, id: string) =>
  inspectPayment({ pool: testDatabase.db.pool, provider, account: "acct_test" }, id);

describe("evidence about a settled payment", () => {
  test.each(["declined", "canceled"])(
    "that contradicts %s opens an anomaly, once, and flips nothing",
    async (status) => {
      const provider = createScriptedProvider();
      const id = await paymentThatIs(status, provider);
      await charge(provider, id);
      const before = await read(id);
      expect(await inspect(provider, id)).toBe("anomaly");
      expect(await inspect(provider, id)).toBe("anomaly");
      expect(await anomaliesOf(id)).toEqual([`charged_though_${status}`]);
      expect(await read(id)).toEqual(before);
    },
  );

  test("that a succeeded payment was never charged opens an anomaly", async () => {
    const provider = createScriptedProvider();
    const id = await paymentThatIs("succeeded", provider);
    expect(await inspect(provider, id)).toBe("anomaly");
    expect(await anomaliesOf(id)).toEqual(["succeeded_without_charge"]);
  });

  test("that agrees changes nothing", async () => {
    const provider = createScriptedProvider();
    const id = await paymentThatIs("succeeded", provider);
    await charge(provider, id);
    expect(await inspect(provider, id)).toBe("agrees");
    expect(await anomaliesOf(id)).toEqual([]);
  });

  test("ends a dead letter whose outcome was unknown and whose object has charged", async () => {
    const provider = createScriptedProvider();
    const id = await paymentThatIs("dead_lettered", provider, true);
    await charge(provider, id);
    expect(await inspect(provider, id)).toBe("adopted");
    expect(await read(id)).toMatchObject({ status: "succeeded", outcome_unknown: false });
    expect(await anomaliesOf(id)).toEqual([]);
  });

  test("ends a dead letter that was thought not to have charged as well, and says that this was wrong", async () => {
    const provider = createScriptedProvider();
    const id = await paymentThatIs("dead_lettered", provider, false);
    await charge(provider, id);
    expect(await inspect(provider, id)).toBe("adopted");
    expect(await anomaliesOf(id)).toEqual(["charged_though_dead_lettered"]);
  });

  test("leaves a dead letter alone whose object is still open: that is for a person", async () => {
    const provider = createScriptedProvider();
    const id = await paymentThatIs("dead_lettered", provider, true);
    expect(await inspect(provider, id)).toBe("agrees");
    expect(await read(id)).toMatchObject({ status: "dead_lettered", outcome_unknown: true });
  });

  test("about other money than ours is not adopted", async () => {
    const provider = createScriptedProvider();
    const id = await paymentThatIs("dead_lettered", provider, true);
    await charge(provider, id);
    await testDatabase.db.pool.query("UPDATE payments SET amount_minor = 1 WHERE id = $1", [id]);
    expect(await inspect(provider, id)).toBe("anomaly");
    expect(await read(id)).toMatchObject({ status: "dead_lettered", outcome_unknown: true });
  });

  test("at another account is not asked for there", async () => {
    const provider = createScriptedProvider();
    const id = await paymentThatIs("declined", provider);
    expect(await inspectPayment({ pool: testDatabase.db.pool, provider, account: "acct_other" }, id)).toBe("agrees");
    expect(provider.calls).toEqual([]);
  });

  test("about an object that the provider does not know is not asked for for ever", async () => {
    const provider = createScriptedProvider({ retrieve: [{ kind: "declined", code: "provider_rejected" }] });
    const id = await paymentThatIs("declined", provider);
    expect(await inspect(provider, id)).toBe("gone");
  });

  test("that cannot be seen now is asked for again", async () => {
    const provider = createScriptedProvider({ retrieve: [{ kind: "unknown", code: "provider_timeout" }] });
    const id = await paymentThatIs("declined", provider);
    expect(await inspect(provider, id)).toBe("unseen");
  });
});

describe("a cancel of a payment with an object at the provider", () => {
  const cancel = async (provider: ScriptedProvider, id: string) => {
    expect(await cancelPayment(testDatabase.db.pool, { id, merchantId })).toBe("requested");
    return cancelAtProvider({ pool: testDatabase.db.pool, provider, account: "acct_test" }, id);
  };

  test("closes the object, then the payment", async () => {
    const provider = createScriptedProvider();
    const id = await paymentThatIs("retry_wait", provider);
    expect(await cancel(provider, id)).toBe(true);
    expect(provider.calls).toEqual([`cancel pi_${id}`]);
    expect(await read(id)).toMatchObject({ status: "canceled" });
    await charge(provider, id);
    expect(provider.captured.size).toBe(0);
  });

  test("without an answer leaves the payment as it is, to be tried again", async () => {
    const unknown = { kind: "unknown", code: "provider_timeout" } as const;
    const provider = createScriptedProvider({ cancel: [unknown], retrieve: [unknown] });
    const id = await paymentThatIs("retry_wait", provider);
    expect(await cancel(provider, id)).toBe(false);
    expect(await read(id)).toMatchObject({ status: "retry_wait", cancel_requested: true });
  });

  test("that the provider failed to run is never given up for a charge: it is tried again under another key", async () => {
    const provider = createScriptedProvider({ cancel: [{ kind: "unknown", code: "provider_error" }] });
    const keys = new Set<string>();
    const { cancel: close } = provider;
    provider.cancel = (object, key) => {
      keys.add(key);
      return close(object, key);
    };
    const id = await paymentThatIs("retry_wait", provider);
    expect(await cancel(provider, id)).toBe(false);
    expect(await read(id)).toMatchObject({ status: "retry_wait", cancel_requested: true });
    expect(await cancel(provider, id)).toBe(true);
    expect(await read(id)).toMatchObject({ status: "canceled" });
    expect([keys.size, provider.captured.size]).toEqual([2, 0]);
  });

  test("that comes after a late confirm is taken back: the payment was charged", async () => {
    const provider = createScriptedProvider();
    const id = await paymentThatIs("retry_wait", provider);
    await charge(provider, id);
    expect(await cancel(provider, id)).toBe(true);
    expect(await read(id)).toMatchObject({ status: "retry_wait", cancel_requested: false });
  });
});
