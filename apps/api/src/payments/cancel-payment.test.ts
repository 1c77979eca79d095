import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { finishCancel } from "@payonce/db";
import { newId } from "@payonce/domain";
import request from "supertest";
import { addMerchant, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const cancel = (id: string, authorization = api.authorization) =>
  request(api.url).post(`/v1/payments/${id}/cancel`).set({ authorization });
const newPayment = async () => (await api.post()).body.id as string;
const update = (id: string, state: string) => api.db.pool.query(`UPDATE payments SET ${state} WHERE id = $1`, [id]);

describe("POST /v1/payments/{id}/cancel", () => {
  test("ends a payment that was not tried, and says the same when pressed again", async () => {
    const id = await newPayment();
    for (let i = 0; i < 2; i++) {
      const { status, body } = await cancel(id);
      expect([status, body.status]).toEqual([200, "canceled"]);
    }
  });

  test.each([
    ["charging", "status = 'charging'"],
    ["unknown", "status = 'unknown', outcome_unknown = true, provider_object_id = $1"],
    ["succeeded", "status = 'succeeded', provider_object_id = $1, next_action_at = NULL"],
    ["declined", "status = 'declined', failure_code = 'x', next_action_at = NULL"],
    ["dead_lettered", "status = 'dead_lettered', dead_letter_reason = 'attempts_spent', next_action_at = NULL"],
  ])("refuses one that is %s with 409, and names its state", async (state, change) => {
    const id = await newPayment();
    await update(id, change);
    const { status, body } = await cancel(id);
    expect([status, body.code, body.payment]).toEqual([409, "payment_not_cancelable", `/v1/payments/${id}`]);
    expect(body.detail).toMatch(`The payment is ${state}.`);
  });

  test("finds no payment of another merchant, and none that does not exist", async () => {
    const { authorization } = await addMerchant(api.db);
    expect((await cancel(await newPayment(), authorization)).status).toBe(404);
    expect((await cancel(newId("pay"))).status).toBe(404);
    expect((await cancel("nonsense")).status).toBe(404);
  });

  test("waits for the provider's object to be closed", async () => {
    const id = await newPayment();
    await update(id, "status = 'retry_wait', provider_object_id = $1, next_action_at = now() + interval '1 hour'");
    const answer = cancel(id).then((response) => response);
    let row = { version: 0, cancel_requested: false };
    while (!row.cancel_requested)
      row = (await api.db.pool.query("SELECT version, cancel_requested FROM payments WHERE id = $1", [id])).rows[0];
    await finishCancel(api.db.pool, { id, version: row.version }, true);
    const { status, body } = await answer;
    expect([status, body.status]).toEqual([200, "canceled"]);
  }, 15_000);
});
