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
