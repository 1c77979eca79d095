import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { acceptOne, claimOne, deadLetterOne } from "@payonce/db/testing";
import { expectProblem, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const reason = "the bank is back";
const deadLetter = (options = {}) => deadLetterOne(api.db, api.merchantId, options);
const payment = () => acceptOne(api.db, api.merchantId);
const act = (id: string, action: string, body: object = { reason }) =>
  api.as("operator").post(`/payments/${id}/${action}`, body);
const read = async (id: string) => (await api.query("SELECT * FROM payments WHERE id = $1", id))[0];
const outboxOf = async (id: string) =>
  (await api.query("SELECT kind FROM outbox WHERE payment_id = $1 ORDER BY id", id)).map(({ kind }) => kind);

describe("retrying", () => {
  test("puts a dead letter on its way, and says who did it and why", async () => {
    const id = await deadLetter();
    const answer = await act(id, "retry");
    expect([answer.status, answer.body]).toEqual([
      200,
      { object: "payment_action", action: "retry", payment_id: id, status: "queued", version: 2 },
    ]);
    expect(await read(id)).toMatchObject({ status: "queued", version: 2, tries: 0, dead_letter_reason: null });
    expect(await outboxOf(id)).toContain("dispatch");
    expect(await api.auditOf(id)).toEqual([{ actor: "operator", via: "api", action: "retry", reason }]);
  });

  test("asks the provider first where money may have moved", async () => {
    const id = await deadLetter({ outcomeUnknown: true });
    expect((await act(id, "retry")).body).toMatchObject({ status: "unknown" });
    expect(await read(id)).toMatchObject({ outcome_unknown: true });
  });

  test("pressed twice has one effect and one entry", async () => {
    const id = await deadLetter();
    expect((await act(id, "retry")).status).toBe(200);
    const problem = expectProblem(await act(id, "retry"), "payment_not_dead_lettered");
    expect(problem.detail).toContain("queued");
    expect(await read(id)).toMatchObject({ version: 2 });
    expect(await api.auditOf(id)).toHaveLength(1);
  });

  test("by many at once has one effect and one entry", async () => {
    const id = await deadLetter();
    const answers = await api.atOnce(
      "payments",
      id,
      Array.from({ length: 8 }, () => () => act(id, "retry")),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(7).fill(409)]);
    expect(await read(id)).toMatchObject({ version: 2, dispatch: 1 });
    expect(await api.auditOf(id)).toHaveLength(1);
  });

  test("leaves alone what has changed since it was looked at", async () => {
    const id = await deadLetter();
    expectProblem(await act(id, "retry", { reason, version: 2 }), "payment_changed");
    expect(await read(id)).toMatchObject({ status: "dead_lettered", version: 1 });
    expect((await act(id, "retry", { reason, version: 1 })).status).toBe(200);
  });

  test.each([0, -1, 1.5, "1", 2 ** 31, null])("takes no version %p", async (version) => {
    const id = await deadLetter();
    expectProblem(await act(id, "retry", { reason, version }), "field_invalid", "version");
    expect(await api.auditOf(id)).toEqual([]);
  });
});

describe("discarding", () => {
  test("cancels what was never at the provider", async () => {
    const id = await deadLetter({ hasObject: false });
    const answer = await act(id, "discard");
    expect([answer.status, answer.body.action, answer.body.status]).toEqual([200, "discard", "canceled"]);
    expect(await read(id)).toMatchObject({ status: "canceled" });
    expect(await api.auditOf(id)).toMatchObject([{ action: "discard", reason }]);
    expectProblem(await act(id, "discard"), "payment_not_dead_lettered");
    expect(await api.auditOf(id)).toHaveLength(1);
  });

  test("has the provider's object closed first", async () => {
    const id = await deadLetter();
    const answer = await act(id, "discard");
    expect([answer.status, answer.body.status]).toEqual([202, "queued"]);
    expect(await read(id)).toMatchObject({ cancel_requested: true });
  });

  test("is refused while money may have moved", async () => {
    const id = await deadLetter({ outcomeUnknown: true });
    expectProblem(await act(id, "discard"), "outcome_unknown");
    expect(await read(id)).toMatchObject({ status: "dead_lettered", version: 1 });
    expect(await api.auditOf(id)).toEqual([]);
  });

  test("leaves alone what has changed since it was looked at", async () => {
    const id = await deadLetter();
    expectProblem(await act(id, "discard", { reason, version: 9 }), "payment_changed");
  });
});

describe("resolving", () => {
  const evidence = "dashboard: ch_1 succeeded";

  test.each(["succeeded", "declined", "canceled"])("ends a dead letter as %s, on evidence", async (outcome) => {
    const id = await deadLetter({ outcomeUnknown: true });
    const answer = await act(id, "resolve", { reason, evidence, outcome, version: 1 });
    expect([answer.status, answer.body.status]).toEqual([200, outcome]);
    expect(await read(id)).toMatchObject({ status: outcome, outcome_unknown: false });
    const [entry] = await api.query("SELECT after FROM audit_log WHERE payment_id = $1", id);
    expect(entry.after).toMatchObject({ status: outcome, evidence });
  });

  test("needs outcome, evidence and version", async () => {
    const id = await deadLetter({ outcomeUnknown: true });
    const all = { reason, evidence, outcome: "succeeded", version: 1 };
    for (const field of ["evidence", "outcome", "version"] as const) {
      const { [field]: _, ...others } = all;
      expectProblem(await act(id, "resolve", others), "field_invalid", field);
    }
    for (const outcome of ["queued", "SUCCEEDED", ""])
      expectProblem(await act(id, "resolve", { ...all, outcome }), "field_invalid", "outcome");
    expect(await read(id)).toMatchObject({ status: "dead_lettered", version: 1 });
  });

  test("cannot say that money moved through nothing", async () => {
    const id = await deadLetter({ hasObject: false });
    const answer = await act(id, "resolve", { reason, evidence, outcome: "succeeded", version: 1 });
    expectProblem(answer, "field_invalid", "outcome");
  });

  test("is refused for what has changed, or is no dead letter", async () => {
    const body = { reason, evidence, outcome: "declined", version: 2 };
    expectProblem(await act(await deadLetter(), "resolve", body), "payment_changed");
    expectProblem(await act(await payment(), "resolve", body), "payment_not_dead_lettered");
  });
});

describe("looking up", () => {
  test("has the provider asked, and changes nothing by itself", async () => {
    const id = await deadLetter({ outcomeUnknown: true });
    const answer = await act(id, "look_up");
    expect([answer.status, answer.body.status, answer.body.version]).toEqual([202, "dead_lettered", 1]);
    expect(await outboxOf(id)).toContain("look_again");
    expect(await api.auditOf(id)).toMatchObject([{ action: "look_up" }]);
  });

  test("is refused where there is nothing to look at", async () => {
    expectProblem(await act(await payment(), "look_up"), "nothing_to_look_up");
  });
});

describe("canceling", () => {
  test("ends a payment that was not tried; pressed again it is the same answer and no second entry", async () => {
    const id = await payment();
    for (let i = 0; i < 2; i++) {
      const answer = await act(id, "cancel");
      expect([answer.status, answer.body]).toEqual([
        200,
        { object: "payment_action", action: "cancel", payment_id: id, status: "canceled", version: 2 },
      ]);
    }
    expect(await api.auditOf(id)).toHaveLength(1);
  });

  test("has the provider's object closed first", async () => {
    const id = await payment();
    const later = "status = 'retry_wait', next_action_at = now() + interval '1 hour'";
    await api.query(`UPDATE payments SET ${later}, provider_object_id = 'pi_' || id WHERE id = $1`, id);
    const answer = await act(id, "cancel");
    expect([answer.status, answer.body.status]).toEqual([202, "retry_wait"]);
    expect(await read(id)).toMatchObject({ cancel_requested: true });
  });

  test("is refused for what is being charged, may have been, or waits for a person", async () => {
    const charging = await payment();
    await claimOne(api.db, charging);
    for (const id of [charging, await deadLetter()]) {
      expectProblem(await act(id, "cancel"), "payment_not_cancelable");
      expect(await api.auditOf(id)).toEqual([]);
    }
  });
});
