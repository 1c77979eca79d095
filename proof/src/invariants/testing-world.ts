import { settleAttempts, settleRefund, storeProviderObject } from "@payonce/db";
import {
  acceptOne,
  claimedRefund,
  claimOne,
  createTestDatabase,
  insertMerchant,
  insertWebhookEndpoint,
  refundOne,
  refundSettle,
  settleRequest,
} from "@payonce/db/testing";
import { isPublicKind, publicEventId } from "@payonce/domain";
import type { ClientRequest } from "../storm/client-log.ts";
import type { ProviderBooks } from "../storm/provider-books.ts";
import { checkInvariants } from "./check-invariants.ts";
import type { Facts } from "./facts.ts";
import { installObserver } from "./install-observer.ts";
import { readFacts } from "./read-facts.ts";

/** A small world in which all is well, for tests that break one thing in it: real rows, and made-up books and log. */
export async function createWorld() {
  const database = await createTestDatabase();
  const { db } = database;
  await installObserver(db.pool);
  let merchantId = "";
  const books: ProviderBooks = { charges: [], refunds: [], objects: [] };
  const requests: ClientRequest[] = [];

  const claim = async (id: string) => {
    const won = await claimOne(db, id);
    if (!won) throw new Error("expected to win the claim");
    return won;
  };
  /** A request that was answered 202. */
  const answered = (id: string, overrides: Partial<ClientRequest> = {}): ClientRequest => {
    const request: ClientRequest = {
      n: requests.length,
      visit: "test",
      call: "pay",
      merchantId,
      url: "http://api.example/v1/payments",
      idempotencyKey: `key-${id}`,
      body: { amount: 4200, currency: "eur" },
      sentAt: Date.now(),
      answeredAt: Date.now(),
      status: 202,
      answer: { id },
      gaveUp: null,
      ...overrides,
    };
    requests.push(request);
    return request;
  };
  /** As an attempt with an object stored: the next thing is the confirm. */
  const prepared = async (overrides: Parameters<typeof acceptOne>[2] = {}) => {
    const id = await acceptOne(db, merchantId, overrides);
    answered(id);
    const won = await claim(id);
    const objectId = `pi_${id}`;
    const version = await storeProviderObject(db.pool, {
      paymentId: id,
      version: won.version,
      objectId,
      mayHaveCharged: false,
    });
    if (typeof version !== "number") throw new Error(`expected to store the object, got ${version}`);
    books.objects.push({ id: objectId, payment_id: id, status: "requires_confirmation", confirms: 0 });
    return { id, objectId, claim: { ...won, version } };
  };
  type Prepared = Awaited<ReturnType<typeof prepared>>;
  /** The provider takes the money. */
  const capture = ({ id, objectId, claim: { attemptId } }: Prepared, overrides = {}) => {
    const object = books.objects.find((one) => one.id === objectId);
    if (object) Object.assign(object, { status: "succeeded", confirms: 1 });
    const charge = {
      id: `ch_${id}_${books.charges.length}`,
      payment_intent: objectId,
      payment_id: id,
      amount: 4200,
      currency: "eur",
      idempotency_key: `${attemptId}-confirm`,
      captured_at: new Date().toISOString(),
      ...overrides,
    };
    books.charges.push(charge);
  };
  const settle = ({ claim: won }: Pick<Prepared, "claim">, overrides: Parameters<typeof settleRequest>[1]) =>
    settleAttempts(db.pool, [settleRequest(won, overrides)]);
  /** A payment that was charged, and says so. */
  const paid = async () => {
    const payment = await prepared();
    capture(payment);
    await settle(payment, { outcome: "succeeded", code: null, status: "succeeded", waitMs: null, failureCode: null });
    return payment;
  };
  /** A refund of it over 10.00, made at the provider. */
  const refunded = async (paymentId: string) => {
    const id = await refundOne(db, merchantId, { paymentId });
    const won = await claimedRefund(db, id);
    const done = { outcome: "succeeded", status: "succeeded", code: null, waitMs: null, failureCode: null } as const;
    await settleRefund(db.pool, refundSettle(won, { ...done, providerRefundId: `re_${id}` }));
    const booked = { id: `re_${id}`, payment_intent: `pi_${paymentId}`, payment_id: paymentId, refund_id: id };
    books.refunds.push({ ...booked, amount: 1000, currency: "eur", status: "succeeded" });
    return id;
  };
  /** As they are at rest, where every webhook has arrived. */
  const facts = async (overrides: Partial<Facts> = {}): Promise<Facts> => {
    const stored = await readFacts(db.pool);
    const received = stored.timeline
      .filter(({ kind }) => isPublicKind(kind))
      .map((row) => ({ id: publicEventId(row), type: row.kind, version: row.version, paymentId: row.paymentId }));
    return { books, requests, ...stored, received, queues: [], leaks: [], ...overrides };
  };
  return {
    db,
    merchantId: () => merchantId,
    /** Forgets everything, and has a merchant who wants to be told of everything. */
    async beginAnew() {
      await db.pool.query(
        "TRUNCATE merchants CASCADE; TRUNCATE proof.payment_changes, proof.announcements, webhook_outbox",
      );
      for (const list of [books.charges, books.refunds, books.objects, requests]) list.splice(0);
      merchantId = await insertMerchant(db);
      await insertWebhookEndpoint(db, merchantId);
    },
    books,
    requests,
    answered,
    prepared,
    capture,
    settle,
    paid,
    refunded,
    facts,
    /** A change that the database itself would refuse, or that nobody makes. */
    async tamper(sql: string, values: unknown[] = []) {
      await db.pool.query(sql, values);
    },
    /** The numbers of the rules that are violated. */
    async violated(overrides: Partial<Facts> = {}): Promise<string[]> {
      const found = checkInvariants(await facts(overrides), "at_rest");
      return [...new Set(found.map(({ invariant }) => invariant.id))];
    },
    /** What has not been published yet, and has no webhook: it would only stand in the way. */
    async comeToRest() {
      await db.pool.query("DELETE FROM outbox; DELETE FROM webhook_outbox");
    },
    drop: database.drop,
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;
