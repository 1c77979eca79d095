import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import type { Mode } from "./mode.ts";
import { createOutageDraw, type Outages, outagesSchema } from "./outages.ts";
import { createTestClock, startTestSimulator, type TestClient } from "./test-client.ts";

describe("the draw of outages", () => {
  const clock = createTestClock();

  const script = (seed: number, ...windows: object[]): Outages => ({
    ...outagesSchema.parse({ seed, windows }),
    started_at: clock.now().toISOString(),
  });

  function draw(outages: Outages, count: number): (Mode | null)[] {
    const next = createOutageDraw({ outages: () => outages, now: clock.now });
    return Array.from({ length: count }, () => next());
  }

  it("gives the same draws for the same seed, and others for another", () => {
    const flaky = { after_ms: 0, for_ms: 1000, mode: "flaky", share: 0.5 };
    const first = draw(script(7, flaky), 200);
    expect(draw(script(7, flaky), 200)).toEqual(first);
    expect(draw(script(8, flaky), 200)).not.toEqual(first);
    expect(new Set(first.map((mode) => JSON.stringify(mode))).size).toBe(7);
  });

  it("hits about the share of requests it is to hit, and all or none at the ends", () => {
    const hits = (share: number) => {
      const modes = draw(script(1, { after_ms: 0, for_ms: 1000, mode: "down", share }), 1000);
      return modes.filter((mode) => mode?.mode === "down").length;
    };
    expect(hits(0)).toBe(0);
    expect(hits(1)).toBe(1000);
    expect(Math.abs(hits(0.3) - 300)).toBeLessThan(60);
  });

  it("lets the first window that hits have the request", () => {
    const both = script(
      1,
      { after_ms: 0, for_ms: 9, mode: "hang", share: 0.5 },
      { after_ms: 0, for_ms: 9, mode: "down" },
    );
    expect(new Set(draw(both, 50).map((mode) => mode?.mode))).toEqual(new Set(["hang", "down"]));
  });
});

describe("/_sim/outages", () => {
  let client: TestClient;
  let clock: ReturnType<typeof createTestClock>;

  beforeEach(async () => {
    clock = createTestClock();
    client = await startTestSimulator({ now: clock.now });
  });
  afterEach(() => client.close());

  const list = (on = client) => on.get("/v1/payment_intents");

  it("opens and closes its windows by the clock, also over a restart", async () => {
    const windows = [
      { after_ms: 0, for_ms: 500, mode: "down" },
      { after_ms: 1000, for_ms: 500, mode: "rate_limited" },
    ];
    const set = await client.control("/_sim/outages", { seed: 7, windows }).expect(200);
    expect(set.body).toMatchObject({ outages: { seed: 7, windows }, open: [windows[0]] });
    await list().expect(503);
    clock.advance(500);
    await list().expect(200);
    clock.advance(500);
    const restarted = await client.afterCrash();
    await list(restarted).expect(429);
    clock.advance(500);
    await list(restarted).expect(200);
    const over = await request(restarted.url).get("/_sim/outages").expect(200);
    expect(over.body).toMatchObject({ outages: { windows }, open: [] });
  });

  it("ends when it is deleted, and gives way to a mode that somebody set", async () => {
    await client.control("/_sim/outages", { windows: [{ after_ms: 0, for_ms: 500, mode: "down" }] }).expect(200);
    await client.control("/_sim/mode", { mode: "unauthorized" }).expect(200);
    await list().expect(401);
    await client.control("/_sim/mode", { mode: "up" }).expect(200);
    await list().expect(503);
    await request(client.url).delete("/_sim/outages").expect(200, { outages: null, open: [] });
    await list().expect(200);
  });

  it("charges at most once through a flaky spell, and says afterwards what it did", async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => client.create("pm_card_visa")));
    const windows = [{ after_ms: 0, for_ms: 1000, mode: "flaky", share: 0.8 }];
    await client.control("/_sim/outages", { seed: 3, windows }).expect(200);
    const tries = ids.flatMap((id) => ["a", "b", "c"].map((key) => client.confirm(id, `${id}-${key}`).timeout(200)));
    const answers = await Promise.allSettled(tries);
    expect(answers.some(({ status }) => status === "rejected")).toBe(true);
    await request(client.url).delete("/_sim/outages").expect(200);
    const charged = (await client.ledger()).map(({ payment_intent }) => payment_intent);
    expect(new Set(charged).size).toBe(charged.length);
    for (const id of ids) {
      const { body } = await client.get(`/v1/payment_intents/${id}`).expect(200);
      expect(body.status).toBe(charged.includes(id) ? "succeeded" : "requires_confirmation");
    }
  });

  it.each([
    {},
    { windows: [] },
    { windows: Array(101).fill({ after_ms: 0, for_ms: 1, mode: "down" }) },
    { windows: [{ after_ms: 0, for_ms: 86_400_001, mode: "down" }] },
    { windows: [{ after_ms: 0, for_ms: 1, mode: "sideways" }] },
    { windows: [{ after_ms: 0, for_ms: 1, mode: "down", share: 1.1 }] },
    { seed: -1, windows: [{ after_ms: 0, for_ms: 1, mode: "down" }] },
  ])("refuses a script out of bounds and shows a good one", async (script) => {
    const refused = await client.control("/_sim/outages", script).expect(400);
    expect(refused.body.error.message).toContain('"windows":[');
    await request(client.url).get("/_sim/outages").expect(200, { outages: null, open: [] });
  });
});
