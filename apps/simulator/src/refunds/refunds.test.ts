import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import request from "supertest";
import { createTestClock, SLOW_MS, startTestSimulator, type TestClient, waitUntil } from "../test-client.ts";
import type { LedgerRefund } from "./refund-register.ts";

let client: TestClient;
beforeEach(async () => {
  client = await startTestSimulator();
});
afterEach(() => client.close());

type Form = Record<string, string>;

/** A captured charge over 12.50 USD. */
async function charged(token = "pm_card_visa", on = client): Promise<string> {
  const id = await on.create(token, { "metadata[payment_id]": "pay_1" });
  await on.confirm(id, `${id}-confirm`).expect(200);
  return id;
}
const refund = (payment_intent: string, form: Form = {}, key?: string, on = client) =>
  on.post("/v1/refunds", { payment_intent, ...form }, key === undefined ? {} : { "Idempotency-Key": key });
const refundsOf = async (id: string, on = client) =>
  (await on.get(`/v1/refunds?payment_intent=${id}`).expect(200)).body.data;
const ledgerOf = async (on = client): Promise<LedgerRefund[]> =>
  (await request(on.url).get("/_sim/ledger").expect(200)).body.refunds;
const chargeOf = async (id: string) => (await client.get(`/v1/charges?payment_intent=${id}`).expect(200)).body.data[0];

describe("POST /v1/refunds", () => {
  it("gives a part back, in Stripe's form, and the charge and the ledger tell of it", async () => {
    const id = await charged();
    const { body } = await refund(id, { amount: "500", "metadata[refund_id]": "ref_1", reason: "duplicate" }, "k1");
    expect(body).toMatchObject({
      id: expect.stringMatching(/^re_\w{24}$/),
      object: "refund",
      amount: 500,
      currency: "usd",
      payment_intent: id,
      charge: (await chargeOf(id)).id,
      metadata: { refund_id: "ref_1" },
      reason: "duplicate",
      status: "succeeded",
    });
    expect(await chargeOf(id)).toMatchObject({ amount_refunded: 500, refunded: false });
    expect(await ledgerOf()).toEqual([
      expect.objectContaining({
        id: body.id,
        payment_intent: id,
        refund_id: "ref_1",
        amount: 500,
        status: "succeeded",
        idempotency_key: "k1",
      }),
    ]);
    expect((await client.get(`/v1/refunds/${body.id}`).expect(200)).body).toEqual(body);
  });

  it("without an amount gives back what is left", async () => {
    const id = await charged();
    await refund(id, { amount: "1000" }).expect(200);
    expect((await refund(id).expect(200)).body.amount).toBe(250);
    expect(await chargeOf(id)).toMatchObject({ amount_refunded: 1250, refunded: true });
  });

  it("refuses what Stripe refuses, in its words", async () => {
    const id = await charged();
    await refund(id, { amount: "1000" }).expect(200);
    const { body } = await refund(id, { amount: "251" }).expect(400);
    expect(body.error).toEqual({
      type: "invalid_request_error",
      param: "amount",
      message: "Refund amount ($2.51) is greater than unrefunded amount on charge ($2.50)",
    });
    await refund(id).expect(200);
    const again = await refund(id, { amount: "1" }).expect(400);
    expect(again.body.error).toMatchObject({ type: "invalid_request_error", code: "charge_already_refunded" });
    const unpaid = await client.create("pm_card_visa");
    expect((await refund(unpaid).expect(400)).body.error.message).toContain("does not have a successful charge");
    expect((await refund("pi_none").expect(404)).body.error.code).toBe("resource_missing");
    for (const amount of ["0", "-1", "1.5", "x"]) await refund(id, { amount }).expect(400);
    await refund(id, { ammount: "1" }).expect(400);
    expect(await ledgerOf()).toHaveLength(2);
  });

  it("under the same key answers the same, and refunds once; with other parameters it is refused", async () => {
    const id = await charged();
    const first = await refund(id, { amount: "500" }, "k1").expect(200);
    const again = await refund(id, { amount: "500" }, "k1").expect(200).expect("Idempotent-Replayed", "true");
    expect(again.body).toEqual(first.body);
    expect((await refund(id, { amount: "501" }, "k1").expect(400)).body.error.type).toBe("idempotency_error");
    await client.post("/_sim/prune-keys?of=payment_intents").expect(200);
    await refund(id, { amount: "500" }, "k1").expect(200);
    expect(await ledgerOf()).toHaveLength(1);
    await client.post("/_sim/prune-keys").expect(200);
    await refund(id, { amount: "500" }, "k1").expect(200);
    expect(await ledgerOf()).toHaveLength(2);
  });

  it("asked for at once by many never gives back more than was charged", async () => {
    const id = await charged();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund(id, { amount: "300" })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
    expect((await ledgerOf()).reduce((sum, { amount }) => sum + amount, 0)).toBe(1200);
  });

  it("is listed newest first, a page at a time, and only for its PaymentIntent", async () => {
    const [id, other] = [await charged(), await charged()];
    await refund(other, { amount: "1" }).expect(200);
    for (const amount of ["1", "2", "3"]) await refund(id, { amount }).expect(200);
    const page = await client.get(`/v1/refunds?payment_intent=${id}&limit=2`).expect(200);
    expect(page.body).toMatchObject({ object: "list", has_more: true, data: [{ amount: 3 }, { amount: 2 }] });
    const after = page.body.data[1].id;
    const rest = await client.get(`/v1/refunds?payment_intent=${id}&limit=2&starting_after=${after}`).expect(200);
    expect(rest.body).toMatchObject({ has_more: false, data: [{ amount: 1 }] });
  });
});

describe("a fault of a refund", () => {
  it.each([
    ["timeout_executed", 1],
    ["timeout_not_executed", 0],
  ])("%s never answers", async (fault, refunded) => {
    const id = await charged(`pm_sim_refund_${fault}`);
    await expect(refund(id, {}, "k1").timeout(200)).rejects.toThrow(/[Tt]imeout/);
    expect(await refundsOf(id)).toHaveLength(refunded);
    await refund(id, {}, "k1").expect(200);
    expect(await refundsOf(id)).toHaveLength(1);
  });

  it("reset_executed tears the connection down", async () => {
    const id = await charged("pm_sim_refund_reset_executed");
    await expect(refund(id, {}, "k1")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await refundsOf(id)).toHaveLength(1);
  });

  it.each([
    ["500_executed", 1],
    ["500_stored", 0],
  ])("%s answers 500 and replays it", async (fault, refunded) => {
    const id = await charged(`pm_sim_refund_${fault}`);
    await refund(id, {}, "k1").expect(500);
    await refund(id, {}, "k1").expect(500).expect("Idempotent-Replayed", "true");
    expect(await refundsOf(id)).toHaveLength(refunded);
    await refund(id, {}, "k2").expect(refunded === 1 ? 400 : 200);
    expect(await refundsOf(id)).toHaveLength(1);
  });

  it("429 is not stored: the same key refunds later", async () => {
    const id = await charged("pm_sim_refund_429");
    await refund(id, {}, "k1").expect(429);
    expect(await refundsOf(id)).toEqual([]);
    await refund(id, {}, "k1").expect(200);
  });

  it("slow refunds at once and answers later", async () => {
    const id = await charged("pm_sim_refund_slow");
    const answer = refund(id, {}, "k1").expect(200);
    const answered = answer.then((response) => response);
    await waitUntil(async () => (await refundsOf(id)).length === 1);
    await answered;
  });

  it.each([
    ["pending", "pending", "succeeded", 1250],
    ["pending_failed", "pending", "failed", 0],
    ["late_failure", "succeeded", "failed", 0],
  ])("%s ends in time, also over a crash, and what failed can be refunded again", async (fault, first, last, kept) => {
    const clock = createTestClock();
    await client.close();
    client = await startTestSimulator({ now: clock.now });
    const id = await charged(`pm_sim_refund_${fault}`);
    expect((await refund(id).expect(200)).body.status).toBe(first);
    await refund(id).expect(400);
    const restarted = await client.afterCrash();
    expect((await refundsOf(id, restarted))[0].status).toBe(first);
    clock.advance(2 * SLOW_MS);
    const [ended] = await refundsOf(id, restarted);
    expect(ended).toMatchObject({
      status: last,
      ...(last === "failed" && { failure_reason: "lost_or_stolen_card" }),
    });
    const charge = (await restarted.get(`/v1/charges?payment_intent=${id}`)).body.data[0];
    expect(charge.amount_refunded).toBe(kept);
    await refund(id, {}, undefined, restarted).expect(kept === 0 ? 200 : 400);
  });

  it("late refunds once its client has left, unless the same key has done it before", async () => {
    const clock = createTestClock();
    await client.close();
    client = await startTestSimulator({ now: clock.now });
    const [alone, repeated, otherKey] = [
      await charged("pm_sim_refund_late"),
      await charged("pm_sim_refund_late"),
      await charged("pm_sim_refund_late"),
    ];
    for (const id of [alone, repeated, otherKey]) {
      await expect(refund(id, { amount: "500" }, `${id}-1`).timeout(100)).rejects.toThrow(/[Tt]imeout/);
      expect(await refundsOf(id)).toEqual([]);
    }
    await refund(repeated, { amount: "500" }, `${repeated}-1`).expect(200);
    await refund(otherKey, { amount: "500" }, `${otherKey}-2`).expect(200);
    const count = async (id: string) => (await refundsOf(id)).length;
    // When the client's leaving is noticed is the server's business: the clock is moved until then.
    await waitUntil(async () => {
      clock.advance(1.5 * SLOW_MS);
      return (await count(alone)) === 1 && (await count(otherKey)) === 2;
    });
    expect(await count(repeated)).toBe(1);
    await refund(alone, { amount: "500" }, `${alone}-1`).expect(200).expect("Idempotent-Replayed", "true");
  });

  it("strikes the first refund of a PaymentIntent, the next ones not, also after a crash", async () => {
    const id = await charged("pm_sim_refund_429");
    await refund(id, { amount: "1" }).expect(429);
    const restarted = await client.afterCrash();
    await refund(id, { amount: "1" }, undefined, restarted).expect(200);
  });

  it("can be chosen for the next refunds, whatever their card", async () => {
    const id = await charged();
    const set = await client.control("/_sim/refund-faults", { fault: "429", times: 2 }).expect(200);
    expect(set.body).toMatchObject({
      next_refunds: { fault: "429", times: 2 },
      faults: { pending: expect.any(String) },
    });
    await refund(id).expect(429);
    await refund(id).expect(429);
    await refund(id).expect(200);
    await client.control("/_sim/refund-faults", { fault: "pending" }).expect(200);
    await request(client.url).delete("/_sim/refund-faults").expect(200);
    expect((await request(client.url).get("/_sim/refund-faults")).body.next_refunds).toBeNull();
    await client.control("/_sim/refund-faults", { fault: "levitate" }).expect(400);
  });
});

describe("after a crash", () => {
  it("has the refunds and their stored answers", async () => {
    const id = await charged();
    const first = await refund(id, { amount: "500" }, "k1").expect(200);
    const ledger = await ledgerOf();
    const restarted = await client.afterCrash();
    expect(await ledgerOf(restarted)).toEqual(ledger);
    const again = await refund(id, { amount: "500" }, "k1", restarted).expect("Idempotent-Replayed", "true");
    expect(again.body).toEqual(first.body);
    await refund(id, { amount: "751" }, undefined, restarted).expect(400);
  });

  it("never holds refunds over more than was captured, whatever was asked of it and whenever it crashed", async () => {
    const clock = createTestClock();
    await client.close();
    client = await startTestSimulator({ now: clock.now });
    const tokens = [
      "pm_card_visa",
      "pm_sim_refund_pending_failed",
      "pm_sim_refund_late_failure",
      "pm_sim_refund_500_executed",
    ];
    const step = fc.oneof(
      fc.record({
        act: fc.constant("refund" as const),
        amount: fc.integer({ min: 1, max: 900 }),
        key: fc.constantFrom("a", "b"),
      }),
      fc.record({ act: fc.constant("wait" as const), ms: fc.nat(1000) }),
      fc.record({ act: fc.constant("crash" as const) }),
    );
    let current = client;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...tokens), fc.array(step, { maxLength: 10 }), async (token, steps) => {
        const id = await charged(token, current);
        for (const next of steps) {
          if (next.act === "refund") await refund(id, { amount: String(next.amount) }, `${id}-${next.key}`, current);
          if (next.act === "wait") clock.advance(next.ms);
          if (next.act === "crash") current = await current.afterCrash();
        }
        const held = (await ledgerOf(current))
          .filter(({ payment_intent, status }) => payment_intent === id && status !== "failed")
          .reduce((sum, { amount }) => sum + amount, 0);
        expect(held).toBeLessThanOrEqual(1250);
      }),
      { numRuns: 20 },
    );
  }, 30_000);
});
