import { request as httpRequest, type IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { API_KEY, startTestSimulator, type TestClient } from "./test-client.ts";

describe("answers that a client cannot use", () => {
  let client: TestClient;

  beforeEach(async () => {
    client = await startTestSimulator();
  });
  afterEach(() => client.close());

  type Seen = { status: number; headers: IncomingMessage["headers"]; text: string; end: "whole" | "cut" | "left" };

  /** Confirms, reads what comes for `readMs` at most, and tells how it ended. */
  function confirmAndRead(id: string, readMs = 2000): Promise<Seen> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${API_KEY}`, "idempotency-key": "k1" };
      const path = `/v1/payment_intents/${id}/confirm`;
      const req = httpRequest(`${client.url}${path}`, { method: "POST", headers }, (res) => {
        let text = "";
        const seen = (end: Seen["end"]) => {
          clearTimeout(timer);
          resolve({ status: res.statusCode ?? 0, headers: res.headers, text, end });
        };
        const timer = setTimeout(() => {
          seen("left");
          req.destroy();
        }, readMs);
        res.on("data", (bytes) => {
          text += bytes;
        });
        res.on("end", () => seen("whole"));
        res.on("error", () => seen("cut"));
      });
      req.on("error", reject);
      req.end();
    });
  }

  /** The money has moved once, whoever asks in whatever way, also after a crash. */
  async function expectChargedOnce(id: string): Promise<void> {
    const restarted = await client.afterCrash();
    expect(await restarted.ledger()).toMatchObject([{ payment_intent: id, amount: 1250 }]);
    const replay = await restarted.confirm(id, "k1").expect(200).expect("Idempotent-Replayed", "true");
    expect(replay.body).toMatchObject({ id, status: "succeeded" });
    expect(await restarted.ledger()).toHaveLength(1);
  }

  it("pm_sim_drip sends its headers at once, then byte after byte, and never an answer", async () => {
    const id = await client.create("pm_sim_drip");
    const seen = await confirmAndRead(id, 700);
    expect(seen).toMatchObject({ status: 200, text: expect.stringMatching(/^ {2,4}$/), end: "left" });
    expect(seen.headers["content-length"]).toBeUndefined();
    await expectChargedOnce(id);
  });

  it("pm_sim_malformed sends half of the JSON as if it were all", async () => {
    const id = await client.create("pm_sim_malformed");
    const { status, headers, text, end } = await confirmAndRead(id);
    expect({ status, end }).toEqual({ status: 200, end: "whole" });
    expect(headers["content-length"]).toBe(String(text.length));
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    await expectChargedOnce(id);
  });

  it("pm_sim_truncated promises more than it sends before it closes", async () => {
    const id = await client.create("pm_sim_truncated");
    const { status, headers, text, end } = await confirmAndRead(id);
    expect({ status, end }).toEqual({ status: 200, end: "cut" });
    expect(Number(headers["content-length"])).toBeGreaterThan(text.length);
    await expectChargedOnce(id);
  });

  it("pm_sim_html sends a web page with status 200", async () => {
    const id = await client.create("pm_sim_html");
    const { status, headers, text } = await confirmAndRead(id);
    expect(status).toBe(200);
    expect(headers["content-type"]).toMatch(/^text\/html/);
    expect(text).toMatch(/^<!doctype html>/);
    await expectChargedOnce(id);
  });

  it("pm_sim_huge sends megabytes of valid JSON that say the truth", async () => {
    const id = await client.create("pm_sim_huge");
    const { status, text, end } = await confirmAndRead(id);
    expect({ status, end }).toEqual({ status: 200, end: "whole" });
    expect(text.length).toBeGreaterThan(4 * 1024 * 1024);
    expect(JSON.parse(text)).toMatchObject({ id, status: "succeeded" });
    await expectChargedOnce(id);
  });

  it("does not let a dripping answer hold up closing for more than a moment", async () => {
    const id = await client.create("pm_sim_drip");
    const dripping = confirmAndRead(id, 60_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const startedMs = performance.now();
    await client.close();
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect((await dripping).end).toBe("cut");
    client = await startTestSimulator();
  });
});
