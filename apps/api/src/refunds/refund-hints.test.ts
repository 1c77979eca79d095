import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { readInstallationId } from "@payonce/db";
import { emptyTables, refundOne } from "@payonce/db/testing";
import { newId } from "@payonce/domain";
import request from "supertest";
import { startTestApi, type TestApi, WEBHOOK_SECRETS } from "../test-api.ts";

let api: TestApi;
let installationId: string;
beforeAll(async () => {
  api = await startTestApi();
  installationId = await readInstallationId(api.db.pool);
});
afterAll(() => api.stop());
beforeEach(() => emptyTables(api.db, "payments"));

const query = async (sql: string, ...values: unknown[]) => (await api.db.pool.query(sql, values)).rows;

/** Sends an event as Stripe does. */
async function send(type: string, object: object) {
  const event = { id: `evt_${newId("req")}`, object: "event", type, created: 1_790_000_000, data: { object } };
  const body = JSON.stringify(event);
  const time = Math.floor(Date.now() / 1_000);
  const signature = createHmac("sha256", WEBHOOK_SECRETS[0] ?? "")
    .update(`${time}.${body}`)
    .digest("hex");
  const answer = await request(api.url)
    .post("/v1/provider-webhooks/stripe")
    .set({ "Content-Type": "application/json", "Stripe-Signature": `t=${time},v1=${signature}` })
    .send(body);
  expect(answer.status).toBe(200);
}
const wakings = async () =>
  (await query("SELECT kind, refund_id FROM outbox WHERE kind <> 'event' ORDER BY id")).map(({ kind, refund_id }) => [
    kind,
    refund_id,
  ]);

/** A refund of ours whose own rows are published. */
async function newRefund() {
  const id = await refundOne(api.db, api.merchantId);
  await query("DELETE FROM outbox");
  const [{ payment_id: paymentId }] = await query("SELECT payment_id FROM refunds WHERE id = $1", id);
  return { id, paymentId: paymentId as string };
}
const refundOf = ({ id, paymentId }: { id: string; paymentId: string }, more: object = {}) => ({
  object: "refund",
  id: "re_1",
  payment_intent: "pi_1",
  metadata: { refund_id: id, payment_id: paymentId, installation_id: installationId, ...more },
});

describe("Stripe's word about a refund", () => {
  test.each(["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"])(
    "in %s has that refund looked at, and changes nothing by itself",
    async (type) => {
      const refund = await newRefund();
      const before = await query("SELECT * FROM refunds");
      await send(type, refundOf(refund));
      expect(await wakings()).toEqual([["refund_look", refund.id]]);
      expect(await query("SELECT * FROM refunds")).toEqual(before);
      expect(
        await query(
          "SELECT payment_id, refund_id FROM provider_events WHERE type = $1 AND refund_id = $2",
          type,
          refund.id,
        ),
      ).toEqual([{ payment_id: refund.paymentId, refund_id: refund.id }]);
    },
  );

  test("in charge.refunded has all refunds of the payment compared: it may have been made by hand", async () => {
    const { paymentId } = await newRefund();
    const metadata = { payment_id: paymentId, installation_id: installationId };
    await send("charge.refunded", { object: "charge", id: "ch_1", payment_intent: "pi_1", metadata });
    expect(await wakings()).toEqual([["refunds_compare", null]]);
  });

  test("about a refund of ours that is not here has the payment's compared", async () => {
    const { paymentId } = await newRefund();
    await send("refund.created", refundOf({ id: newId("ref"), paymentId }));
    expect(await wakings()).toEqual([["refunds_compare", null]]);
  });

  test("about another system's refund wakes nobody", async () => {
    const refund = await newRefund();
    await send("refund.failed", refundOf(refund, { installation_id: "another" }));
    await send("refund.failed", { object: "refund", id: "re_2", payment_intent: "pi_1", metadata: {} });
    expect(await wakings()).toEqual([]);
  });
});
