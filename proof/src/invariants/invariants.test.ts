import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { acceptOne } from "@payonce/db/testing";
import { INVARIANTS } from "./index.ts";
import { createWorld, type World } from "./testing-world.ts";

let world: World;
const covered = new Set<string>();
beforeAll(async () => {
  world = await createWorld();
}, 60_000);
afterAll(() => world?.drop());
beforeEach(() => world.beginAnew());

/**
 * Breaks one thing in a world where all is well, and expects the rule to see it.
 *
 * @param violate gives facts to put over those of the world, where it gives anything
 */
function turnsRed(id: string, title: string, violate: (world: World) => Promise<unknown>) {
  covered.add(id);
  test(`rule ${id} sees ${title}`, async () => {
    const { id: paymentId } = await world.paid();
    await world.refunded(paymentId);
    await world.comeToRest();
    expect(await world.violated()).toEqual([]);
    const overrides = await violate(world);
    await world.comeToRest();
    expect(await world.violated((overrides ?? {}) as Parameters<World["violated"]>[0])).toContain(id);
  });
}

describe("the invariants", () => {
  turnsRed("1", "a payment that was charged twice", async (world) => {
    const payment = await world.paid();
    world.capture({ ...payment, objectId: "pi_other" });
  });
  turnsRed("2", "a charge whose payment does not know of it", async (world) => {
    const payment = await world.prepared();
    world.capture(payment);
    await world.settle(payment, { outcome: "unknown", status: "unknown", outcomeUnknown: true });
  });
  turnsRed("2", "a charge of no payment at all", async (world) => {
    const payment = await world.prepared();
    world.capture(payment, { payment_id: "pay_gone" });
  });
  turnsRed("2a", "a charged payment that is said to wait for its next try", async (world) => {
    const payment = await world.prepared();
    world.capture(payment);
    await world.settle(payment, { outcome: "not_executed", status: "retry_wait" });
  });
  turnsRed("2a", "a charged dead letter that is said not to have been", async (world) => {
    const payment = await world.prepared();
    world.capture(payment);
    const dead = { status: "dead_lettered", waitMs: null, deadLetterReason: "attempts_spent" } as const;
    await world.settle(payment, { outcome: "not_executed", ...dead });
  });
  turnsRed("3", "a success that nobody was charged for", async (world) => {
    const payment = await world.prepared();
    await world.settle(payment, { outcome: "succeeded", status: "succeeded", waitMs: null });
  });
  turnsRed("4", "an accepted payment that is gone", async (world) => {
    world.answered("pay_gone");
  });
  turnsRed("4", "an accepted payment of another amount", async (world) => {
    const { id } = await world.paid();
    world.answered(id, { body: { amount: 1, currency: "eur" } });
  });
  turnsRed("5", "one key that was answered with two payments", async (world) => {
    const [one, other] = [await world.paid(), await world.paid()];
    for (const { id } of [one, other]) world.answered(id, { idempotencyKey: "the-same" });
  });
  turnsRed("5", "a key that was taken with two bodies", async (world) => {
    const { id } = await world.paid();
    for (const description of ["one", "other"])
      world.answered(id, { idempotencyKey: "k", body: { amount: 4200, currency: "eur", description } });
  });
  turnsRed("5", "two rows under one key", async (world) => {
    // Postgres would refuse the second one.
    const { payments } = await world.facts();
    return { payments: [...payments, ...payments.map((payment) => ({ ...payment, id: "pay_other" }))] };
  });
  turnsRed("5a", "an order that was charged twice", async (world) => {
    await world.paid();
    const { payments } = await world.facts();
    return { payments: payments.map((payment) => ({ ...payment, orderReference: "order" })) };
  });
  turnsRed("6", "a payment that never was in the outbox", async () => ({ announcedPaymentIds: new Set() }));
  turnsRed("7", "a payment that still moves", async (world) => {
    await acceptOne(world.db, world.merchantId());
  });
  turnsRed("7", "a job that is still there", async () => ({
    queues: [{ queue: "charges", moving: 1, waitingIds: [] }],
  }));
  turnsRed("8", "a charge that no attempt announced", async (world) => {
    const payment = await world.paid();
    await world.tamper("DELETE FROM attempts WHERE payment_id = $1", [payment.id]);
  });
  turnsRed("8", "a charge from before its attempt", async (world) => {
    const payment = await world.paid();
    await world.tamper("UPDATE attempts SET started_at = now() + interval '1 hour' WHERE payment_id = $1", [
      payment.id,
    ]);
  });
  turnsRed("9", "a confirmed object that is not the stored one", async (world) => {
    const { id } = await world.prepared();
    world.books.objects.push({ id: "pi_other", payment_id: id, status: "requires_payment_method", confirms: 1 });
  });
  turnsRed("9", "a stored object that was replaced", async (world) => {
    const { id } = await world.prepared();
    await world.tamper("UPDATE payments SET provider_object_id = 'pi_other' WHERE id = $1", [id]);
  });
  turnsRed("10", "an unknown outcome that was forgotten", async (world) => {
    const payment = await world.prepared();
    await world.settle(payment, { outcome: "unknown", status: "unknown", outcomeUnknown: true });
    const forget = "UPDATE payments SET outcome_unknown = false, status = 'retry_wait' WHERE id = $1";
    await world.tamper(forget, [payment.id]);
  });
  turnsRed("10", "an unknown outcome that was called declined, of an object that has charged", async (world) => {
    const payment = await world.prepared();
    await world.settle(payment, { outcome: "unknown", status: "unknown", outcomeUnknown: true });
    world.capture(payment);
    await world.tamper(
      `UPDATE payments SET outcome_unknown = false, status = 'declined', failure_code = 'x', next_action_at = NULL WHERE id = $1`,
      [payment.id],
    );
  });
  turnsRed("10a", "a declined payment whose object can still be confirmed", async (world) => {
    const payment = await world.prepared();
    await world.settle(payment, { outcome: "declined", status: "declined", waitMs: null, failureCode: "x" });
  });
  turnsRed("11", "a final state that was left", async (world) => {
    const { id } = await world.paid();
    await world.tamper("UPDATE payments SET status = 'declined', failure_code = 'x', version = 5 WHERE id = $1", [id]);
    await world.tamper("INSERT INTO timeline (payment_id, version, kind) VALUES ($1, 5, 'declined')", [id]);
  });
  turnsRed("11", "a change without its row in the timeline", async (world) => {
    const { id } = await world.paid();
    await world.tamper("UPDATE payments SET version = version + 1 WHERE id = $1", [id]);
  });
  turnsRed("11", "a refund that went where none may go", async (world) => {
    const refund = await world.refunded((await world.paid()).id);
    await world.tamper("UPDATE timeline SET kind = 'refund_pending' WHERE refund_id = $1 AND kind = 'refund_started'", [
      refund,
    ]);
  });
  turnsRed("12", "a dead letter that its queue does not have", async (world) => {
    const payment = await world.prepared();
    const dead = { status: "dead_lettered", waitMs: null, deadLetterReason: "attempts_spent" } as const;
    await world.settle(payment, { outcome: "not_executed", ...dead });
  });
  turnsRed("12", "a job in the dead-letter queue of what is no dead letter", async () => ({
    queues: [{ queue: "charges-dead-letter", moving: 0, waitingIds: ["pay_00000000000000000000000000-v1"] }],
  }));
  turnsRed("13", "sums that differ", async (world) => {
    const payment = await world.prepared();
    await world.settle(payment, { outcome: "succeeded", status: "succeeded", waitMs: null });
  });
  turnsRed("14", "a charge over another amount", async (world) => {
    const payment = await world.prepared();
    world.capture(payment, { amount: 4300 });
  });
  turnsRed("15", "a payment that ended twice", async (world) => {
    const { id } = await world.paid();
    await world.tamper("INSERT INTO timeline (payment_id, version, kind) VALUES ($1, 1, 'declined')", [id]);
  });
  turnsRed("15", "a webhook about what never happened", async (world) => {
    const { id } = await world.paid();
    const { received } = await world.facts();
    return {
      received: [...received, { id: `evt_${id}_9_declined`, type: "payment.declined", version: 9, paymentId: id }],
    };
  });
  turnsRed("16", "a card number in a log", async () => ({ leaks: ["a card number is in the log api.log"] }));
  turnsRed("17", "a client that never learned the truth", async (world) => {
    world.answered("", { idempotencyKey: "k", status: 503, answer: {} });
  });
  turnsRed("18", "refunds of more than was captured", async (world) => {
    const { id } = await world.paid();
    await world.refunded(id);
    const [booked] = world.books.refunds.filter(({ payment_id }) => payment_id === id);
    if (booked) booked.amount = 4201;
  });
  turnsRed("19", "a refund that was made twice", async (world) => {
    await world.refunded((await world.paid()).id);
    const booked = world.books.refunds.at(-1);
    if (booked) world.books.refunds.push({ ...booked, id: "re_again" });
  });
  turnsRed("20", "a refund that the bank has sent back, without anybody here knowing", async (world) => {
    await world.refunded((await world.paid()).id);
    const booked = world.books.refunds.at(-1);
    if (booked) booked.status = "failed";
  });
  turnsRed("21", "an event that its merchant was never told of", async (world) => {
    const { received } = await world.facts();
    return { received: received.slice(1) };
  });
  turnsRed("22", "a payment that was given up", async (world) => {
    const { id } = await world.prepared();
    await world.tamper("UPDATE timeline SET code = 'no_progress' WHERE payment_id = $1 AND version = 2", [id]);
  });

  test("are each seen to turn red", () => {
    expect(INVARIANTS.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([]);
  });
});
