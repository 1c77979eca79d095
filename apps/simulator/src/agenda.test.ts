import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { API_KEY, createTestClock, SLOW_MS, startTestSimulator, type TestClient, waitUntil } from "./test-client.ts";

describe("a bank that takes its time", () => {
  let client: TestClient;
  let clock: ReturnType<typeof createTestClock>;

  beforeEach(async () => {
    clock = createTestClock();
    client = await startTestSimulator({ now: clock.now });
  });
  afterEach(() => client.close());

  const intentOf = async (on: TestClient, id: string) => (await on.get(`/v1/payment_intents/${id}`).expect(200)).body;

  it.each([
    ["pm_sim_processing", "processing"],
    ["pm_sim_unknown_state", "awaiting_network_verdict"],
  ])("%s shows %s until 2 x SIMULATOR_SLOW_MS are over, then it has charged once", async (token, status) => {
    const id = await client.create(token);
    expect((await client.confirm(id, "k1").expect(200)).body.status).toBe(status);
    clock.advance(2 * SLOW_MS - 1);
    expect(await client.ledger()).toEqual([]);
    expect(await intentOf(client, id)).toMatchObject({ status, amount_received: 0 });
    await client.confirm(id, "k2").expect(400);

    clock.advance(1);
    expect(await client.ledger()).toMatchObject([
      { payment_intent: id, amount: 1250, idempotency_key: "k1", captured_at: clock.now().toISOString() },
    ]);
    expect(await intentOf(client, id)).toMatchObject({ status: "succeeded", amount_received: 1250 });
    const replay = await client.confirm(id, "k1").expect(200).expect("Idempotent-Replayed", "true");
    expect(replay.body.status).toBe(status);
  });

  it("charges at the time it would have, though it was dead then", async () => {
    const id = await client.create("pm_sim_processing");
    await client.confirm(id, "k1").expect(200);
    const dueAt = new Date(clock.now().getTime() + 2 * SLOW_MS).toISOString();
    const restarted = await client.afterCrash();
    expect((await intentOf(restarted, id)).status).toBe("processing");
    clock.advance(3_600_000);
    const later = await restarted.afterCrash();
    expect(await later.ledger()).toMatchObject([{ payment_intent: id, captured_at: dueAt }]);
    const again = await later.afterCrash();
    expect(await again.ledger()).toHaveLength(1);
    expect((await intentOf(again, id)).status).toBe("succeeded");
  });

  it("pm_sim_processing_declined ends without money, with the bank's reason", async () => {
    const id = await client.create("pm_sim_processing_declined");
    await client.confirm(id, "k1").expect(200);
    const restarted = await client.afterCrash();
    clock.advance(2 * SLOW_MS);
    expect(await intentOf(restarted, id)).toMatchObject({
      status: "requires_payment_method",
      last_payment_error: { code: "card_declined", decline_code: "generic_decline" },
    });
    expect(await restarted.ledger()).toEqual([]);
  });

  it("does not charge what was canceled meanwhile", async () => {
    const id = await client.create("pm_sim_processing");
    await client.confirm(id, "k1").expect(200);
    await client.post(`/v1/payment_intents/${id}/cancel`).expect(200);
    clock.advance(2 * SLOW_MS);
    expect(await client.ledger()).toEqual([]);
    expect((await intentOf(client, id)).status).toBe("canceled");
  });

  it("settles many in the order of their times", async () => {
    const ids: string[] = [];
    for (const token of ["pm_sim_processing", "pm_sim_unknown_state", "pm_sim_processing"]) {
      const id = await client.create(token);
      await client.confirm(id).expect(200);
      ids.push(id);
      clock.advance(10);
    }
    clock.advance(2 * SLOW_MS);
    expect((await client.ledger()).map(({ payment_intent }) => payment_intent)).toEqual(ids);
  });
});

describe("a confirm that waits in a queue", () => {
  let client: TestClient;

  beforeEach(async () => {
    client = await startTestSimulator();
  });
  afterEach(() => client.close());

  async function confirmAndGiveUp(id: string): Promise<void> {
    const headers = { authorization: `Bearer ${API_KEY}`, "idempotency-key": "k1" };
    const signal = AbortSignal.timeout(100);
    const sent = fetch(`${client.url}/v1/payment_intents/${id}/confirm`, { method: "POST", headers, signal });
    await expect(sent).rejects.toMatchObject({ name: "TimeoutError" });
  }

  const isCharged = (on: TestClient) => async () => (await on.ledger()).length === 1;

  it("pm_sim_late_confirm charges a while after the client has left, and not before", async () => {
    const id = await client.create("pm_sim_late_confirm");
    await confirmAndGiveUp(id);
    const leftMs = performance.now();
    expect(await client.ledger()).toEqual([]);
    expect((await client.get(`/v1/payment_intents/${id}`)).body.status).toBe("requires_confirmation");
    await waitUntil(isCharged(client));
    expect(performance.now() - leftMs).toBeGreaterThan(1.5 * SLOW_MS - 50);
    const replay = await client.confirm(id, "k1").expect(200).expect("Idempotent-Replayed", "true");
    expect(replay.body).toMatchObject({ id, status: "succeeded" });
    expect(await client.ledger()).toMatchObject([{ payment_intent: id, idempotency_key: "k1" }]);
  });

  it("does not charge one that was canceled before its turn", async () => {
    const id = await client.create("pm_sim_late_confirm");
    await confirmAndGiveUp(id);
    await client.post(`/v1/payment_intents/${id}/cancel`).expect(200);
    await new Promise((resolve) => setTimeout(resolve, 2 * SLOW_MS));
    expect(await client.ledger()).toEqual([]);
    expect((await client.get(`/v1/payment_intents/${id}`)).body.status).toBe("canceled");
  });

  it("does not charge a second time where another confirm came before its turn", async () => {
    const id = await client.create("pm_sim_late_confirm");
    await confirmAndGiveUp(id);
    await client.confirm(id, "k2").expect(200);
    await new Promise((resolve) => setTimeout(resolve, 2 * SLOW_MS));
    expect(await client.ledger()).toMatchObject([{ payment_intent: id, idempotency_key: "k2" }]);
  });

  it("does not charge under a key that stands for another request by then", async () => {
    const id = await client.create("pm_sim_late_confirm");
    await confirmAndGiveUp(id);
    const other = await client.create("pm_card_visa");
    await client.confirm(other, "k1").expect(200);
    await new Promise((resolve) => setTimeout(resolve, 2 * SLOW_MS));
    expect(await client.ledger()).toMatchObject([{ payment_intent: other }]);
    await client.confirm(other, "k1").expect(200).expect("Idempotent-Replayed", "true");
  });

  it("gets its turn after a crash too, whether or not its client had left before", async () => {
    const left = await client.create("pm_sim_late_confirm");
    await confirmAndGiveUp(left);
    const waiting = await client.create("pm_sim_late_confirm");
    const hanging = client.confirm(waiting, "k2").then(
      () => "answered",
      () => "cut off",
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const restarted = await client.afterCrash();
    expect(await hanging).toBe("cut off");
    expect(await restarted.ledger()).toEqual([]);
    await waitUntil(async () => (await restarted.ledger()).length === 2);
    const charged = (await restarted.ledger()).map(({ payment_intent }) => payment_intent);
    expect(charged.sort()).toEqual([left, waiting].sort());
  });
});
