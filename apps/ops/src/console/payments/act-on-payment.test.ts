import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Agent, startTestOps, type TestOps } from "../../test-ops.ts";
import { HOSTILE, insertDeadLetter, insertPayment } from "../test-payments.ts";

let ops: TestOps;
let operator: Agent;
beforeAll(async () => {
  ops = await startTestOps();
  operator = await ops.signIn("operator");
});
afterAll(() => ops.stop());

const read = async (id: string) => (await ops.db.pool.query("SELECT * FROM payments WHERE id = $1", [id])).rows[0];
const audited = async (id: string) =>
  (await ops.db.pool.query("SELECT actor, via, action, reason FROM audit_log WHERE payment_id = $1 ORDER BY id", [id]))
    .rows;
/** As the forms of a payment's page are at this moment, by their names. */
const formsOf = async (id: string) =>
  [...(await operator.get(`/payments/${id}`)).text.matchAll(/<details class="fold" id="form-([\w-]+)"/g)].map(
    ([, name]) => name,
  );

describe("a payment's page offers what its state allows", () => {
  test.each([
    ["dead_lettered", { hasObject: false }, ["retry", "discard", "resolve"]],
    ["dead_lettered", { outcomeUnknown: true }, ["retry", "look-up", "resolve"]],
    ["queued", { hasObject: false }, ["cancel"]],
    ["retry_wait", {}, ["look-up", "cancel"]],
    ["queued", { cancelRequested: true }, ["look-up"]],
    ["charging", {}, ["look-up"]],
    ["unknown", {}, ["look-up"]],
    ["succeeded", {}, ["look-up"]],
    ["canceled", { hasObject: false }, []],
  ] as const)("%s %j", async (status, shape, forms) => {
    expect(await formsOf(await insertPayment(ops.db, { status, ...shape }))).toEqual(forms);
  });

  test("and does not offer `succeeded` for one that has no object at the provider", async () => {
    const choices = async (hasObject: boolean) => {
      const id = await insertDeadLetter(ops.db, { hasObject });
      const { text } = await operator.get(`/payments/${id}`);
      return [...text.matchAll(/name="outcome" value="(\w+)"/g)].map(([, value]) => value);
    };
    expect(await choices(true)).toEqual(["succeeded", "declined", "canceled"]);
    expect(await choices(false)).toEqual(["declined", "canceled"]);
  });
});

describe("a form that is complete", () => {
  test("retries, is kept in the audit log, and leads back to the page with what was done", async () => {
    const id = await insertDeadLetter(ops.db);
    const answer = await operator.post(`/payments/${id}/retry`, { reason: " the provider is back ", version: "2" });
    expect({ status: answer.status, location: answer.headers.location }).toEqual({
      status: 303,
      location: `/payments/${id}?notice=retried`,
    });
    expect(await read(id)).toMatchObject({ status: "queued", version: 3 });
    expect(await audited(id)).toEqual([
      { actor: "operator", via: "console", action: "retry", reason: "the provider is back" },
    ]);
    expect((await operator.get(answer.headers.location ?? "")).text).toContain("Retried. The payment has a new round");
  });

  test("discards, resolves, looks up and cancels", async () => {
    const [discarded, resolved, lookedUp, canceled] = [
      await insertDeadLetter(ops.db, { hasObject: false }),
      await insertDeadLetter(ops.db, { outcomeUnknown: true }),
      await insertPayment(ops.db, { status: "unknown" }),
      await insertPayment(ops.db, { hasObject: false }),
    ];
    const final = { reason: "because", version: "2", confirm: "yes" };
    const evidence = { outcome: "succeeded", evidence: "ch_1 in the dashboard" };
    const answers = [
      await operator.post(`/payments/${discarded}/discard`, final),
      await operator.post(`/payments/${resolved}/resolve`, { ...final, ...evidence }),
      await operator.post(`/payments/${lookedUp}/look-up`, { reason: "because" }),
      await operator.post(`/payments/${canceled}/cancel`, { reason: "because", confirm: "yes" }),
    ];
    expect(answers.map(({ headers }) => headers.location?.split("?")[1])).toEqual([
      "notice=discarded",
      "notice=resolved",
      "notice=looked_up",
      "notice=canceled",
    ]);
    expect((await read(discarded)).status).toBe("canceled");
    expect((await read(resolved)).status).toBe("succeeded");
    expect((await read(canceled)).status).toBe("canceled");
    expect(await audited(lookedUp)).toMatchObject([{ action: "look_up" }]);
  });

  test("says of a cancel that is not through yet that it is under way", async () => {
    const id = await insertPayment(ops.db, { status: "retry_wait" });
    const { headers } = await operator.post(`/payments/${id}/cancel`, { reason: "because", confirm: "yes" });
    expect(headers.location).toBe(`/payments/${id}?notice=cancel_under_way`);
  });
});

describe("a form that is not", () => {
  test("is 422 without a reason, does nothing, and is shown again with the error at the field", async () => {
    const id = await insertDeadLetter(ops.db);
    for (const reason of ["", "   ", "x".repeat(501)]) {
      const { status, text } = await operator.post(`/payments/${id}/retry`, { reason, version: "2" });
      expect(status).toBe(422);
      expect(text).toMatch(/<details class="fold" id="form-retry" open/);
      expect(text).toMatch(
        /<textarea id="retry-reason"[^>]*aria-describedby="[^"]*retry-reason-error"[^>]*aria-invalid/,
      );
      expect(text).toMatch(/<p class="field-error" id="retry-reason-error">Reason must/);
    }
    expect(await read(id)).toMatchObject({ status: "dead_lettered", version: 2 });
    expect(await audited(id)).toEqual([]);
  });

  test("keeps what was typed, as text, and never the tick that confirms", async () => {
    const id = await insertDeadLetter(ops.db, { outcomeUnknown: true });
    const fields = { reason: HOSTILE, evidence: "</textarea><b>", outcome: "declined", version: "2" };
    const { status, text } = await operator.post(`/payments/${id}/resolve`, fields);
    expect(status).toBe(422);
    expect(text).toContain("&lt;/textarea>&lt;b></textarea>");
    expect(text).toContain("&lt;script>alert(1)&lt;/script>");
    expect(text).toMatch(/value="declined" required checked/);
    expect(text).toMatch(/<input type="checkbox" id="resolve-confirm"(?:(?!checked).)*?>/);
    expect(text).toContain("This must be ticked.");
  });

  test("does not repeat a card number that was pasted", async () => {
    const id = await insertDeadLetter(ops.db);
    const { status, text } = await operator.post(`/payments/${id}/retry`, {
      reason: "card 4242424242424242",
      version: "2",
    });
    expect(status).toBe(422);
    expect(text).not.toContain("4242424242424242");
    expect(text).toContain("Reason must not contain a card number");
  });

  test("is not done for good without the tick that confirms", async () => {
    const id = await insertDeadLetter(ops.db, { hasObject: false });
    const queued = await insertPayment(ops.db, { hasObject: false });
    const answers = [
      await operator.post(`/payments/${id}/discard`, { reason: "because", version: "2" }),
      await operator.post(`/payments/${id}/resolve`, {
        reason: "because",
        version: "2",
        outcome: "canceled",
        evidence: "seen",
      }),
      await operator.post(`/payments/${queued}/cancel`, { reason: "because" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422]);
    expect(await read(id)).toMatchObject({ status: "dead_lettered" });
    expect(await read(queued)).toMatchObject({ status: "queued" });
  });

  test("names the version that it was made for, or is refused", async () => {
    const id = await insertDeadLetter(ops.db);
    for (const version of ["", "two", "2.5"])
      expect((await operator.post(`/payments/${id}/retry`, { reason: "because", version })).status).toBe(422);
    expect((await operator.post(`/payments/${id}/retry`, { reason: "because" })).status).toBe(422);
    expect((await read(id)).status).toBe("dead_lettered");
  });
});

describe("a page that is old", () => {
  test("does nothing: 409, with the payment as it is now and what was typed", async () => {
    const id = await insertDeadLetter(ops.db);
    await ops.db.pool.query("UPDATE payments SET version = 7 WHERE id = $1", [id]);
    const { status, text } = await operator.post(`/payments/${id}/retry`, { reason: "typed before", version: "2" });
    expect(status).toBe(409);
    expect(text).toContain('role="alert"');
    expect(text).toContain("Nothing was done.");
    expect(text).toContain(`<a href="/payments/${id}">Back to the payment</a>`);
    expect(text).toContain("typed before</textarea>");
    expect(text).toContain('name="version" value="7"');
    expect((await read(id)).status).toBe("dead_lettered");
  });

  test("pressed twice retries once", async () => {
    const id = await insertDeadLetter(ops.db);
    const press = () => operator.post(`/payments/${id}/retry`, { reason: "because", version: "2" });
    const statuses = (await Promise.all([press(), press(), press()])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([303, 409, 409]);
    expect(await audited(id)).toHaveLength(1);
  });

  test("cannot discard what may have been charged", async () => {
    const id = await insertDeadLetter(ops.db, { outcomeUnknown: true });
    const fields = { reason: "because", version: "2", confirm: "yes" };
    const { status, text } = await operator.post(`/payments/${id}/discard`, fields);
    expect(status).toBe(409);
    expect(text).toContain("may have been charged");
    expect((await read(id)).status).toBe("dead_lettered");
  });

  test("learns that the payment has changed", async () => {
    const id = await insertDeadLetter(ops.db);
    const now = async (version: number) => (await operator.get(`/payments/${id}/now?version=${version}`)).text;
    expect(await now(2)).not.toContain("It has changed");
    expect(await now(1)).toContain("It has changed since this page was loaded.");
  });
});
