import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { startTestSimulator, type TestClient } from "./test-client.ts";

const PATH = "/v1/payment_intents";
const FORM = { amount: "500", currency: "eur", payment_method: "pm_card_visa" };

describe("idempotency keys", () => {
  let client: TestClient;

  beforeEach(async () => {
    client = await startTestSimulator();
  });
  afterEach(() => client.close());

  const createWith = (key: string, form: Record<string, string> = FORM) =>
    client.post(PATH, form, { "Idempotency-Key": key });

  it("replays the first answer to the same request, in whatever order its parameters come", async () => {
    const first = await createWith("k1").expect(200);
    expect(first.headers["idempotent-replayed"]).toBeUndefined();
    const { payment_method, currency, amount } = FORM;
    const second = await createWith("k1", { payment_method, currency, amount }).expect(200);
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({
      "idempotent-replayed": "true",
      "original-request": first.headers["request-id"],
    });
    expect(second.headers["request-id"]).not.toBe(first.headers["request-id"]);
  });

  it("refuses other parameters under a used key", async () => {
    await createWith("k1").expect(200);
    const other = await createWith("k1", { ...FORM, amount: "501" }).expect(400);
    expect(other.body.error.type).toBe("idempotency_error");
  });

  it("refuses another endpoint under a used key", async () => {
    const first = await createWith("k1").expect(200);
    const other = await client.confirm(first.body.id, "k1").expect(400);
    expect(other.body.error.type).toBe("idempotency_error");
    expect(await client.ledger()).toEqual([]);
  });

  it("keeps the keys of different API keys apart", async () => {
    const mine = await createWith("k1").expect(200);
    const theirs = await request(client.url)
      .post(PATH)
      .set({ authorization: "Bearer sk_test_other", "Idempotency-Key": "k1" })
      .type("form")
      .send(FORM)
      .expect(200);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it("replays a decline", async () => {
    const id = await client.create("pm_card_chargeDeclined");
    const first = await client.confirm(id, "k1").expect(402);
    const second = await client.confirm(id, "k1").expect(402);
    expect(second.body).toEqual(first.body);
    expect(second.headers["idempotent-replayed"]).toBe("true");
  });

  it("does not store the answer to a request that never began executing", async () => {
    await createWith("k1", { ...FORM, amount: "nothing" }).expect(400);
    await request(client.url).post(PATH).set("Idempotency-Key", "k1").type("form").send(FORM).expect(401);
    await createWith("k1").expect(200);
  });

  it("answers 409 while a request under the key is still on its way", async () => {
    const id = await client.create("pm_sim_slow");
    const [first, second] = await Promise.all([client.confirm(id, "k1"), client.confirm(id, "k1")]);
    const [answered, conflict] = first.status === 200 ? [first, second] : [second, first];
    expect(answered.body.status).toBe("succeeded");
    expect(conflict.status).toBe(409);
    expect(conflict.body.error).toMatchObject({ type: "invalid_request_error", code: "idempotency_key_in_use" });
    await client.confirm(id, "k1").expect(200).expect("Idempotent-Replayed", "true");
    expect(await client.ledger()).toHaveLength(1);
  });

  it("refuses keys that are empty or longer than 255 characters", async () => {
    await createWith("k".repeat(255)).expect(200);
    await createWith("k".repeat(256)).expect(400);
    await createWith("").expect(400);
  });

  it("takes a pruned key for a new one, and a second confirm under it still charges once", async () => {
    const id = await client.create("pm_card_visa");
    await client.confirm(id, "k1").expect(200);
    await client.post("/_sim/prune-keys").expect(200);
    const again = await client.confirm(id, "k1").expect(400);
    expect(again.body.error.code).toBe("payment_intent_unexpected_state");
    expect(await client.ledger()).toHaveLength(1);
  });
});
