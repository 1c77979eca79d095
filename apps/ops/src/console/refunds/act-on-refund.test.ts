import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { deadLetterOneRefund, insertMerchant, refundOne } from "@payonce/db/testing";
import { type Agent, startTestOps, type TestOps } from "../../test-ops.ts";

let ops: TestOps;
let operator: Agent;
let merchantId: string;
beforeAll(async () => {
  ops = await startTestOps();
  operator = await ops.signIn("operator");
  merchantId = await insertMerchant(ops.db);
});
afterAll(() => ops.stop());

const query = async (sql: string, ...values: unknown[]) => (await ops.db.pool.query(sql, values)).rows;
const read = async (id: string) => (await query("SELECT * FROM refunds WHERE id = $1", id))[0];
const audited = (id: string) => query("SELECT action, reason FROM audit_log WHERE target = $1", id);
const dead = (options = {}) => deadLetterOneRefund(ops.db, merchantId, options);
const pageOf = async (id: string) => (await operator.get(`/payments/${(await read(id)).payment_id}`)).text;
const formsOf = async (id: string) =>
  [...(await pageOf(id)).matchAll(new RegExp(`id="form-([\\w-]+?)-${id}"`, "g"))].map(([, name]) => name);

describe("the page of a payment", () => {
  test("tells of its refunds in plain words, with what may be done about each", async () => {
    const id = await dead({ outcomeUnknown: true });
    const text = await pageOf(id);
    expect(text).toContain("Refund asked for: its amount is kept from other refunds");
    expect(text).toContain("1 refund is a dead letter");
    expect(text).toContain(`<article class="refund" id="${id}"`);
    expect(await formsOf(id)).toEqual(["retry", "look-up", "resolve"]);
    expect(await formsOf(await dead())).toEqual(["retry", "look-up", "discard", "resolve"]);
    expect(await formsOf(await refundOne(ops.db, merchantId))).toEqual([]);
  });

  test("is where a refund's own address leads, and its dead letter", async () => {
    const id = await dead();
    const { payment_id: paymentId } = await read(id);
    expect((await operator.get(`/refunds/${id}`)).headers.location).toBe(`/payments/${paymentId}#${id}`);
    expect((await operator.get(`/refunds/${id}/retry`)).headers.location).toBe(`/payments/${paymentId}#${id}`);
    const letters = (await operator.get("/dead-letters?kind=refund")).text;
    expect(letters).toContain(`<a class="id-link" href="/payments/${paymentId}#${id}">`);
    expect((await operator.get("/dead-letters")).text).toMatch(/Refunds \(\d+\)/);
  });
});

describe("a form that is complete", () => {
  test("does it, is kept in the audit log, and leads back to the refund", async () => {
    const [retried, discarded, resolved, lookedUp] = [await dead(), await dead(), await dead(), await dead()];
    const version = "1";
    const final = { reason: "because", version, confirm: "yes" };
    const evidence = { outcome: "succeeded", providerRefundId: " re_1 ", evidence: "seen in the dashboard" };
    const answers = [
      await operator.post(`/refunds/${retried}/retry`, { reason: "because", version }),
      await operator.post(`/refunds/${discarded}/discard`, final),
      await operator.post(`/refunds/${resolved}/resolve`, { ...final, ...evidence }),
      await operator.post(`/refunds/${lookedUp}/look-up`, { reason: "because" }),
    ];
    expect(answers.map(({ headers }) => headers.location?.split("?")[1])).toEqual([
      `notice=refund_retried#${retried}`,
      `notice=refund_discarded#${discarded}`,
      `notice=refund_resolved#${resolved}`,
      `notice=refund_looked_up#${lookedUp}`,
    ]);
    expect(await read(retried)).toMatchObject({ status: "queued" });
    expect(await read(discarded)).toMatchObject({ status: "failed" });
    expect(await read(resolved)).toMatchObject({ status: "succeeded", provider_refund_id: "re_1" });
    for (const id of [retried, discarded, resolved, lookedUp]) expect(await audited(id)).toHaveLength(1);
  });
});

describe("a form that is not, or is old", () => {
  test("does nothing and is shown again, opened, with the error at the field", async () => {
    const id = await dead({ outcomeUnknown: true });
    const press = (fields: Record<string, string>) =>
      operator.post(`/refunds/${id}/resolve`, { version: "1", ...fields });
    const unticked = await press({ reason: "because", outcome: "succeeded", evidence: "seen" });
    expect(unticked.status).toBe(422);
    expect(unticked.text).toContain(`id="form-resolve-${id}" open`);
    expect(unticked.text).toContain("This must be ticked.");
    const without = await press({ reason: "because", outcome: "succeeded", evidence: "seen", confirm: "yes" });
    expect(without.text).toContain("Refund&#39;s id at the provider is needed for succeeded".replace("&#39;", "'"));
    expect(await read(id)).toMatchObject({ status: "dead_lettered", version: 1 });
    expect(await audited(id)).toEqual([]);
  });

  test("pressed twice, or on an old page, is done once", async () => {
    const id = await dead();
    const press = () => operator.post(`/refunds/${id}/retry`, { reason: "because", version: "1" });
    const statuses = (await Promise.all([press(), press(), press()])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([303, 409, 409]);
    expect(await audited(id)).toHaveLength(1);
  });
});
