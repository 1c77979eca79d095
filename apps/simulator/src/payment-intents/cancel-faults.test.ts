import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { API_KEY, startTestSimulator, type TestClient } from "../test-client.ts";

describe("faults of cancel", () => {
  let client: TestClient;

  beforeEach(async () => {
    client = await startTestSimulator();
  });
  afterEach(() => client.close());

  async function declined(token: string): Promise<string> {
    const id = await client.create(token);
    await client.confirm(id, "k1").expect(402);
    return id;
  }

  const cancel = (on: TestClient, id: string, key: string) =>
    on.post(`/v1/payment_intents/${id}/cancel`, {}, { "Idempotency-Key": key });

  const statusOf = async (on: TestClient, id: string) => (await on.get(`/v1/payment_intents/${id}`)).body.status;

  it("pm_sim_cancel_timeout cancels without answering, and its key replays the truth", async () => {
    const id = await declined("pm_sim_cancel_timeout");
    const headers = { authorization: `Bearer ${API_KEY}`, "idempotency-key": "k2" };
    const signal = AbortSignal.timeout(200);
    const sent = fetch(`${client.url}/v1/payment_intents/${id}/cancel`, { method: "POST", headers, signal });
    await expect(sent).rejects.toMatchObject({ name: "TimeoutError" });
    expect(await statusOf(client, id)).toBe("canceled");

    const restarted = await client.afterCrash();
    const refused = await cancel(restarted, id, "k3").expect(400);
    expect(refused.body.error.payment_intent.status).toBe("canceled");
  });

  it("pm_sim_cancel_500 cancels nothing at first, replays its 500, and cancels under another key", async () => {
    const id = await declined("pm_sim_cancel_500");
    await cancel(client, id, "k2").expect(500);
    expect(await statusOf(client, id)).toBe("requires_payment_method");
    const restarted = await client.afterCrash();
    await cancel(restarted, id, "k2").expect(500).expect("Idempotent-Replayed", "true");
    await cancel(restarted, id, "k3").expect(200);
    expect(await statusOf(restarted, id)).toBe("canceled");
    expect(await restarted.ledger()).toEqual([]);
  });
});
