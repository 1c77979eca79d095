import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createTestClock, startTestSimulator, type TestClient } from "./test-client.ts";
import { describeTokens } from "./tokens.ts";

/** These answer at once, so that a test can ask many things of them. */
const TOKENS = Object.keys(describeTokens()).filter(
  (token) => !/timeout|late|slow|drip|truncated|reset|huge|create_500|malformed/.test(token),
);

describe("after a crash", () => {
  let client: TestClient;

  beforeEach(async () => {
    client = await startTestSimulator();
  });
  afterEach(() => client.close());

  it("has the PaymentIntents, the charges and the stored answers it had", async () => {
    const charged = await client.create("pm_card_visa");
    const confirmed = await client.confirm(charged, "k1").expect(200);
    const declined = await client.create("pm_card_chargeDeclined");
    await client.confirm(declined, "k2").expect(402);
    const ledger = await client.ledger();
    const listed = await client.get("/v1/payment_intents").expect(200);

    const restarted = await client.afterCrash();
    expect(await restarted.ledger()).toEqual(ledger);
    expect((await restarted.get("/v1/payment_intents").expect(200)).body).toEqual(listed.body);
    const replay = await restarted.confirm(charged, "k1").expect(200).expect("Idempotent-Replayed", "true");
    expect(replay.body).toEqual(confirmed.body);
    await restarted.confirm(charged, "k3").expect(400);
    expect(await restarted.ledger()).toHaveLength(1);
  });

  it("still knows that a PaymentIntent's first confirm is spent", async () => {
    const id = await client.create("pm_sim_429_then_ok");
    await client.confirm(id, "k1").expect(429);
    const restarted = await client.afterCrash();
    await restarted.confirm(id, "k1").expect(200);
  });

  it("has forgotten the keys that were pruned", async () => {
    const id = await client.create("pm_sim_500_then_ok");
    await client.confirm(id, "k1").expect(500);
    await client.post("/_sim/prune-keys").expect(200);
    const restarted = await client.afterCrash();
    await restarted.confirm(id, "k1").expect(200);
  });

  it("loses neither a charge nor its PaymentIntent's state to a torn last line", async () => {
    const id = await client.create("pm_card_visa");
    await client.confirm(id, "k1").expect(200);
    appendFileSync(join(client.dataDir, "journal.jsonl"), '{"intent":{"intent":{"id":"pi_half');
    const restarted = await client.afterCrash();
    expect(await restarted.ledger()).toHaveLength(1);
    const other = await restarted.create("pm_card_visa");
    const again = await restarted.afterCrash();
    expect((await again.get("/v1/payment_intents").expect(200)).body.data).toHaveLength(2);
    expect((await again.get(`/v1/payment_intents/${other}`).expect(200)).body.status).toBe("requires_confirmation");
  });

  it("agrees with itself about money, whatever was asked of it and whenever it crashed", async () => {
    const clock = createTestClock();
    await client.close();
    client = await startTestSimulator({ now: clock.now });
    const step = fc.oneof(
      fc.record({ act: fc.constant("create" as const), token: fc.constantFrom(...TOKENS) }),
      fc.record({ act: fc.constant("confirm" as const), which: fc.nat(3), key: fc.constantFrom(undefined, "a", "b") }),
      fc.record({ act: fc.constant("cancel" as const), which: fc.nat(3) }),
      fc.record({ act: fc.constant("wait" as const), ms: fc.nat(1000) }),
      fc.record({ act: fc.constant("crash" as const) }),
    );
    const ids: string[] = [];
    let current = client;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 15 }), async (steps) => {
        for (const next of steps) {
          const id = "which" in next ? (ids.at(-1 - next.which) ?? "pi_nothing") : "";
          if (next.act === "create") ids.push(await current.create(next.token));
          if (next.act === "confirm") await current.confirm(id, next.key && `${id}-${next.key}`);
          if (next.act === "cancel") await current.post(`/v1/payment_intents/${id}/cancel`);
          if (next.act === "wait") clock.advance(next.ms);
          if (next.act === "crash") current = await current.afterCrash();
        }
        const charged = (await current.ledger()).map(({ payment_intent }) => payment_intent);
        expect(new Set(charged).size).toBe(charged.length);
        for (const id of ids) {
          const { body } = await current.get(`/v1/payment_intents/${id}`).expect(200);
          expect(charged.includes(id)).toBe(body.status === "succeeded");
        }
      }),
      { numRuns: 20 },
    );
  }, 30_000);
});
