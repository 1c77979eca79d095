import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { openAnomaly } from "@payonce/db";
import { emptyTables } from "@payonce/db/testing";
import { type Agent, startTestOps, type TestOps } from "../../test-ops.ts";
import { insertPayment } from "../test-payments.ts";

let ops: TestOps;
let operator: Agent;
beforeAll(async () => {
  ops = await startTestOps();
  operator = await ops.signIn("operator");
});
afterAll(() => ops.stop());
beforeEach(() => emptyTables(ops.db, "anomalies"));

async function open(): Promise<{ id: string; paymentId: string }> {
  const { pool } = ops.db;
  const paymentId = await insertPayment(ops.db, { status: "declined" });
  const evidence = { charge: { id: "pi_1", state: "succeeded" } };
  await openAnomaly(pool, { kind: "charged_though_declined", paymentId, providerObjectId: "pi_1", evidence });
  const { rows } = await pool.query("SELECT id FROM anomalies WHERE payment_id = $1", [paymentId]);
  return { id: rows[0].id, paymentId };
}

describe("an anomaly", () => {
  test("is told in plain words, with its evidence and its payment", async () => {
    const { id, paymentId } = await open();
    const { text } = await operator.get(`/anomalies/${id}`);
    expect(text).toContain("<h1>Declined here, and the provider has charged</h1>");
    expect(text).toContain(`href="/payments/${paymentId}"`);
    expect(text).toContain("&quot;state&quot;: &quot;succeeded&quot;");
    expect((await operator.get(`/payments/${paymentId}`)).text).toContain(`href="/anomalies/${id}"`);
  });

  test("is resolved once, with how and why, and changes no payment", async () => {
    const { id, paymentId } = await open();
    const fields = { resolution: "refunded", reason: "re_1 at the provider" };
    const answer = await operator.post(`/anomalies/${id}/resolve`, fields);
    expect(answer.headers.location).toBe(`/anomalies/${id}?notice=anomaly_resolved`);
    const { text } = await operator.get(`/anomalies/${id}`);
    expect(text).toContain("Refunded");
    expect(text).toContain("<q>re_1 at the provider</q>");
    expect(text).not.toContain("Resolve this anomaly");
    expect((await operator.get("/anomalies")).text).toContain("No anomaly is open.");
    expect((await operator.get("/anomalies?state=resolved")).text).toContain(id);
    const { rows } = await ops.db.pool.query("SELECT status, version FROM payments WHERE id = $1", [paymentId]);
    expect(rows).toEqual([{ status: "declined", version: 2 }]);

    const again = await operator.post(`/anomalies/${id}/resolve`, { ...fields, reason: "typed before" });
    expect(again.status).toBe(409);
    expect(again.text).toContain("typed before</textarea>");
  });

  test.each([
    ["how it ended", { resolution: "", reason: "because" }, 'id="resolution-error">How must be one of'],
    ["a reason", { resolution: "other", reason: "" }, 'id="resolve-reason-error">Reason must'],
  ])("is not resolved without %s", async (_what, fields, words) => {
    const { id } = await open();
    const { status, text } = await operator.post(`/anomalies/${id}/resolve`, fields);
    expect(status).toBe(422);
    expect(text).toContain(words);
    expect((await operator.get("/anomalies")).text).toContain(id);
  });
});
