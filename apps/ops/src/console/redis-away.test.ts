import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Agent, startTestOps, type TestOps } from "../test-ops.ts";
import { insertDeadLetter } from "./test-payments.ts";

let ops: TestOps;
let viewer: Agent;
let operator: Agent;
// Takes connections and says nothing, like one that hangs.
const silent = createServer((socket) => socket.resume());
beforeAll(async () => {
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  ops = await startTestOps({ redisUrl: `redis://127.0.0.1:${(silent.address() as AddressInfo).port}` });
  viewer = await ops.signIn("viewer");
  operator = await ops.signIn("operator");
});
afterAll(async () => {
  await ops.stop();
  silent.close();
});

describe("while Redis is away", () => {
  test("the overview says so, and shows everything else", async () => {
    await insertDeadLetter(ops.db);
    const { status, text } = await viewer.get("/");
    expect(status).toBe(200);
    expect(text).toContain("Redis is away. Payments are accepted and kept; none is charged until it is back.");
    expect(text).toContain("1 dead letter was not charged and waits for a decision.");
    expect(text).toContain("No charger has reported for 30 s");
  });

  test("a payment's page says so, and shows everything else", async () => {
    const id = await insertDeadLetter(ops.db);
    const { status, text } = await viewer.get(`/payments/${id}`);
    expect(status).toBe(200);
    expect(text).toContain("Redis is away: the payment's jobs are not shown.");
    expect(text).toContain("Request accepted");
  });

  test("operators can still act", async () => {
    const id = await insertDeadLetter(ops.db);
    expect((await operator.post(`/payments/${id}/retry`, { reason: "because", version: "2" })).status).toBe(303);
    expect((await operator.post("/pause/charges", { reason: "because" })).headers.location).toBe("/?notice=paused");
  });
});
