import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { API_KEY, SLOW_MS, startTestSimulator, type TestClient } from "./test-client.ts";

describe("fault tokens", () => {
  let client: TestClient;

  beforeEach(async () => {
    client = await startTestSimulator();
  });
  afterEach(() => client.close());

  /** Confirms over a bare socket: "timeout", "reset", or the status that was answered. */
  async function confirmRaw(id: string, key: string, timeoutMs = 200): Promise<string> {
    try {
      const answer = await fetch(`${client.url}/v1/payment_intents/${id}/confirm`, {
        method: "POST",
        headers: { authorization: `Bearer ${API_KEY}`, "idempotency-key": key },
        signal: AbortSignal.timeout(timeoutMs),
      });
      return String(answer.status);
    } catch (error) {
      return (error as Error).name === "TimeoutError" ? "timeout" : "reset";
    }
  }

  /** Resolves once money has moved; gives up after a second, so that a broken fault fails and does not spin. */
  async function charged(): Promise<void> {
    const giveUpMs = performance.now() + 1000;
    while ((await client.ledger()).length === 0) expect(performance.now()).toBeLessThan(giveUpMs);
  }

  const statusOf = async (id: string) => (await client.get(`/v1/payment_intents/${id}`).expect(200)).body.status;

  it("pm_sim_timeout_charged charges, never answers, and replays the true answer under its key", async () => {
    const id = await client.create("pm_sim_timeout_charged");
    expect(await confirmRaw(id, "k1")).toBe("timeout");
    expect(await client.ledger()).toHaveLength(1);
    expect(await statusOf(id)).toBe("succeeded");
    const replay = await client.confirm(id, "k1").expect(200).expect("Idempotent-Replayed", "true");
    expect(replay.body.status).toBe("succeeded");
    await client.confirm(id, "k2").expect(400);
    expect(await client.ledger()).toHaveLength(1);
  });

  it("pm_sim_timeout_not_charged never answers, charges nothing, and frees its key", async () => {
    const id = await client.create("pm_sim_timeout_not_charged");
    expect(await confirmRaw(id, "k1")).toBe("timeout");
    expect(await client.ledger()).toEqual([]);
    expect(await statusOf(id)).toBe("requires_confirmation");
    const again = await client.confirm(id, "k1").expect(200);
    expect(again.headers["idempotent-replayed"]).toBeUndefined();
    expect(await client.ledger()).toHaveLength(1);
  });

  it("pm_sim_500_charged charges, answers 500 and replays the 500", async () => {
    const id = await client.create("pm_sim_500_charged");
    const first = await client.confirm(id, "k1").expect(500);
    expect(first.body.error.type).toBe("api_error");
    await client.confirm(id, "k1").expect(500).expect("Idempotent-Replayed", "true");
    expect(await statusOf(id)).toBe("succeeded");
    expect(await client.ledger()).toHaveLength(1);
  });

  it("pm_sim_500_then_ok charges nothing, replays its 500, and charges under another key", async () => {
    const id = await client.create("pm_sim_500_then_ok");
    await client.confirm(id, "k1").expect(500);
    await client.confirm(id, "k1").expect(500).expect("Idempotent-Replayed", "true");
    expect(await client.ledger()).toEqual([]);
    await client.confirm(id, "k2").expect(200);
    expect(await client.ledger()).toHaveLength(1);
  });

  it("pm_sim_429_then_ok charges nothing, and the same key charges later", async () => {
    const id = await client.create("pm_sim_429_then_ok");
    const limited = await client.confirm(id, "k1").expect(429);
    expect(limited.body.error.code).toBe("rate_limit");
    expect(await client.ledger()).toEqual([]);
    await client.confirm(id, "k1").expect(200);
    expect(await client.ledger()).toHaveLength(1);
  });

  it("pm_sim_reset_after_charge charges and tears the connection down", async () => {
    const id = await client.create("pm_sim_reset_after_charge");
    expect(await confirmRaw(id, "k1", 2000)).toBe("reset");
    expect(await client.ledger()).toHaveLength(1);
    await client.confirm(id, "k1").expect(200).expect("Idempotent-Replayed", "true");
  });

  it("pm_sim_slow has charged before it answers", async () => {
    const id = await client.create("pm_sim_slow");
    const startedMs = performance.now();
    let answered = false;
    const answer = confirmRaw(id, "k1", 5000).finally(() => {
      answered = true;
    });
    await charged();
    expect(answered).toBe(false);
    expect(await answer).toBe("200");
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(SLOW_MS - 5);
  });

  it("pm_sim_500_forever answers 500 to every confirm, under whatever key, and never charges", async () => {
    const id = await client.create("pm_sim_500_forever");
    await client.confirm(id, "k1").expect(500);
    await client.confirm(id, "k1").expect(500).expect("Idempotent-Replayed", "true");
    const restarted = await client.afterCrash();
    await restarted.confirm(id, "k1").expect(500).expect("Idempotent-Replayed", "true");
    await restarted.confirm(id, "k2").expect(500);
    await restarted.confirm(id).expect(500);
    expect(await restarted.ledger()).toEqual([]);
    await restarted.post(`/v1/payment_intents/${id}/cancel`).expect(200);
    await restarted.confirm(id, "k3").expect(500);
  });

  it("pm_sim_500_forever_charged charges on the first confirm and answers 500 to every one", async () => {
    const id = await client.create("pm_sim_500_forever_charged");
    await client.confirm(id, "k1").expect(500);
    const restarted = await client.afterCrash();
    for (const key of ["k1", "k2", "k3", undefined]) await restarted.confirm(id, key).expect(500);
    expect(await restarted.ledger()).toHaveLength(1);
    const { body } = await restarted.get(`/v1/payment_intents/${id}`).expect(200);
    expect(body.status).toBe("succeeded");
  });

  it("pm_sim_wrong_amount takes 1 too much and shows it everywhere", async () => {
    const id = await client.create("pm_sim_wrong_amount");
    const wrong = { status: "succeeded", amount: 1251, amount_received: 1251 };
    expect((await client.confirm(id, "k1").expect(200)).body).toMatchObject(wrong);
    const restarted = await client.afterCrash();
    expect((await restarted.get(`/v1/payment_intents/${id}`).expect(200)).body).toMatchObject(wrong);
    expect(await restarted.ledger()).toMatchObject([{ payment_intent: id, amount: 1251 }]);
  });

  it("pm_sim_requires_action asks for authentication even where the caller can do none", async () => {
    const id = await client.create("pm_sim_requires_action");
    const waiting = await client.confirm(id, "k1", { error_on_requires_action: "true" }).expect(200);
    expect(waiting.body).toMatchObject({ status: "requires_action", amount_received: 0 });
    await client.confirm(id, "k2").expect(400);
    expect(await client.ledger()).toEqual([]);
  });

  it("pm_sim_decline_then_approve would charge whoever confirms a declined one again, unless it is canceled", async () => {
    const careless = await client.create("pm_sim_decline_then_approve");
    const careful = await client.create("pm_sim_decline_then_approve");
    await client.confirm(careless, "k1").expect(402);
    await client.confirm(careful, "k2").expect(402);
    const restarted = await client.afterCrash();
    await restarted.post(`/v1/payment_intents/${careful}/cancel`).expect(200);
    await restarted.confirm(careful, "k3").expect(400);
    await restarted.confirm(careless, "k4").expect(200);
    expect(await restarted.ledger()).toMatchObject([{ payment_intent: careless }]);
  });

  it("does not let a hanging request hold up closing for more than a moment", async () => {
    const id = await client.create("pm_sim_timeout_charged");
    const hanging = confirmRaw(id, "k1", 60_000);
    await charged();
    const startedMs = performance.now();
    await client.close();
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect(await hanging).toBe("reset");
    client = await startTestSimulator();
  });
});
