import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { SLOW_MS, startTestSimulator, type TestClient } from "./test-client.ts";

describe("control endpoints", () => {
  let client: TestClient;

  beforeEach(async () => {
    client = await startTestSimulator();
  });
  afterEach(() => client.close());

  const setMode = (body: object) => request(client.url).post("/_sim/mode").send(body);

  it("answers 503 to everything under /v1 while down, and executes nothing", async () => {
    const id = await client.create("pm_card_visa");
    await setMode({ mode: "down" }).expect(200, { mode: "down" });
    const refused = await client.confirm(id, "k1").expect(503);
    expect(refused.body.error.type).toBe("api_error");
    await client.get("/v1/anything").expect(503);
    expect(await client.ledger()).toEqual([]);
    await setMode({ mode: "up" }).expect(200);
    await client.confirm(id, "k1").expect(200);
    expect(await client.ledger()).toHaveLength(1);
  });

  it("delays every answer under /v1 while slow, and no other", async () => {
    await setMode({ mode: "slow" }).expect(200, { mode: "slow" });
    const startedMs = performance.now();
    await client.get("/v1/payment_intents").expect(200);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(SLOW_MS - 5);

    await setMode({ mode: "slow", delay_ms: 60_000 }).expect(200, { mode: "slow", delay_ms: 60_000 });
    await setMode({ mode: "sideways" }).expect(400);
    await request(client.url).get("/_sim/mode").expect(200, { mode: "slow", delay_ms: 60_000 });
    await request(client.url).get("/nowhere").expect(404);
    await setMode({ mode: "up" }).expect(200);
  });

  it("keeps its mode over a restart", async () => {
    await setMode({ mode: "down" }).expect(200);
    const restarted = await client.afterCrash();
    await request(restarted.url).get("/_sim/mode").expect(200, { mode: "down" });
  });

  it.each([
    ["rate_limited", 429, "invalid_request_error"],
    ["unauthorized", 401, "invalid_request_error"],
  ])("answers %s with %i to everything under /v1, and executes nothing", async (mode, status, type) => {
    const id = await client.create("pm_card_visa");
    await setMode({ mode }).expect(200);
    const refused = await client.confirm(id, "k1").expect(status);
    expect(refused.body.error.type).toBe(type);
    expect(await client.ledger()).toEqual([]);
    await setMode({ mode: "up" }).expect(200);
    await client.confirm(id, "k1").expect(200);
  });

  it.each(["reset", "hang"])("answers nothing in mode %s, and executes only if it was told to", async (mode) => {
    const id = await client.create("pm_card_visa");
    const unanswered = async () => {
      const sent = client.confirm(id, "k1").timeout(150);
      await expect(sent).rejects.toMatchObject({ code: mode === "reset" ? "ECONNRESET" : "ECONNABORTED" });
    };
    await setMode({ mode }).expect(200);
    await unanswered();
    expect(await client.ledger()).toEqual([]);
    await setMode({ mode, executes: true }).expect(200);
    await unanswered();
    expect(await client.ledger()).toHaveLength(1);
    await setMode({ mode: "up" }).expect(200);
    await client.confirm(id, "k1").expect(200).expect("Idempotent-Replayed", "true");
  });

  it.each([{}, { mode: "off" }, { mode: "slow", delay_ms: -1 }, { mode: "up", until: "tomorrow" }, ["up"]])(
    "names the modes there are when sent %j",
    async (body) => {
      const refused = await setMode(body).expect(400);
      expect(refused.body.error.message).toContain('"up", "down" and "slow"');
    },
  );
});
