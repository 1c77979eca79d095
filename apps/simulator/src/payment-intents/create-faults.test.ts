import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { API_KEY, startTestSimulator, type TestClient } from "../test-client.ts";

const PATH = "/v1/payment_intents";

describe("faults of create", () => {
  let client: TestClient;

  beforeEach(async () => {
    client = await startTestSimulator();
  });
  afterEach(() => client.close());

  const formOf = (payment_method: string, paymentId = "pay_1") => ({
    amount: "1250",
    currency: "usd",
    payment_method,
    "metadata[payment_id]": paymentId,
  });

  const create = (on: TestClient, token: string, key: string, paymentId?: string) =>
    on.post(PATH, formOf(token, paymentId), { "Idempotency-Key": key });

  const listed = async (on: TestClient) => (await on.get(PATH).expect(200)).body.data;

  it("pm_sim_create_500_stored replays its 500 under the key for ever, and creates under another", async () => {
    await create(client, "pm_sim_create_500_stored", "k1").expect(500);
    await create(client, "pm_sim_create_500_stored", "k1").expect(500).expect("Idempotent-Replayed", "true");
    const restarted = await client.afterCrash();
    await create(restarted, "pm_sim_create_500_stored", "k1").expect(500).expect("Idempotent-Replayed", "true");
    expect(await listed(restarted)).toEqual([]);
    const created = await create(restarted, "pm_sim_create_500_stored", "k2").expect(200);
    await restarted.confirm(created.body.id, "k3").expect(200);
    await create(restarted, "pm_sim_create_500_stored", "k1").expect(500);
    expect(await restarted.ledger()).toHaveLength(1);
  });

  it("strikes each payment's first create, not only the first payment", async () => {
    await create(client, "pm_sim_create_500_stored", "k1", "pay_1").expect(500);
    await create(client, "pm_sim_create_500_stored", "k2", "pay_2").expect(500);
    await create(client, "pm_sim_create_500_stored", "k3", "pay_1").expect(200);
  });

  it("pm_sim_create_timeout creates without answering, and its key replays the same object at once", async () => {
    const body = new URLSearchParams(formOf("pm_sim_create_timeout"));
    const headers = { authorization: `Bearer ${API_KEY}`, "idempotency-key": "k1" };
    const signal = AbortSignal.timeout(200);
    const sent = fetch(`${client.url}${PATH}`, { method: "POST", headers, body, signal });
    await expect(sent).rejects.toMatchObject({ name: "TimeoutError" });

    const [made] = await listed(client);
    expect(made).toMatchObject({ status: "requires_confirmation", metadata: { payment_id: "pay_1" } });
    const restarted = await client.afterCrash();
    const replay = await create(restarted, "pm_sim_create_timeout", "k1").expect(200);
    expect(replay.headers["idempotent-replayed"]).toBe("true");
    expect(replay.body).toEqual(made);
    await restarted.confirm(made.id, "k2").expect(200);
    expect(await restarted.ledger()).toHaveLength(1);
  });
});
