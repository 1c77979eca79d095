import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { settleRefund } from "@payonce/db";
import { claimedRefund, deadLetterOneRefund, refundOne, refundSettle } from "@payonce/db/testing";
import { expectProblem, readAllPages, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const reason = "the bank is back";
const deadLetter = (options = {}) => deadLetterOneRefund(api.db, api.merchantId, options);
const act = (id: string, action: string, body: object = { reason }) =>
  api.as("operator").post(`/refunds/${id}/${action}`, body);
const read = async (id: string) => (await api.query("SELECT * FROM refunds WHERE id = $1", id))[0];
const NOBODY = "ref_01m814esw7e00bgbyj9j5g8yxa";

describe("a refund", () => {
  test("is shown with its attempts and what the provider answered, also on its payment", async () => {
    const id = await refundOne(api.db, api.merchantId);
    const claim = await claimedRefund(api.db, id);
    const call = { operation: "refund", at: "2026-11-22T10:00:00.000Z", durationMs: 12, httpStatus: 429 } as const;
    await settleRefund(api.db.pool, refundSettle(claim, { evidence: [call], code: "rate_limited" }));
    const { body } = await api.as("viewer").get(`/refunds/${id}`);
    const expected = {
      id,
      status: "retry_wait",
      amount: 1000,
      attempts: [
        { number: 1, sent_at: null, code: "rate_limited", provider_calls: [{ operation: "refund", http_status: 429 }] },
      ],
    };
    expect(body).toMatchObject({ ...expected, currency: "eur" });
    const payment = (await api.as("viewer").get(`/payments/${body.payment_id}`)).body;
    expect(payment).toMatchObject({ refunds: [expected], amount_refunded: 0, amount_reserved_for_refunds: 1000 });
    expect(payment.timeline.at(-1)).toMatchObject({ kind: "refund_retry_wait", refund_id: id });
    expect((await api.as("viewer").get(`/payments?search=${id}`)).body.data).toMatchObject([{ id: body.payment_id }]);
    expectProblem(await api.as("viewer").get(`/refunds/${NOBODY}`), "refund_not_found");
  });

  test("is listed with others by state, a page at a time", async () => {
    const [first, second] = [await deadLetter(), await deadLetter()];
    const listed = await readAllPages(api.as("viewer"), "/refunds?status=dead_lettered", 1);
    expect(listed.map(({ id }) => id).slice(0, 2)).toEqual([second, first]);
  });

  test("that waits for a person is among the dead letters, apart from the payments, and in the overview", async () => {
    const id = await deadLetter({ outcomeUnknown: true });
    const list = async (query: string) => (await api.as("viewer").get(`/dead_letters?limit=100${query}`)).body.data;
    expect(await list(`&kind=refund&search=${id}`)).toMatchObject([{ id, kind: "refund", outcome_unknown: true }]);
    expect(await list("")).toEqual([]);
    const groups = (await api.as("viewer").get("/dead_letters/groups")).body.groups;
    expect(groups).toMatchObject([{ kind: "refund", reason: "attempts_spent" }]);
    const { refunds } = (await api.as("viewer").get("/overview")).body;
    expect(refunds.dead_letters).toMatchObject({ count: groups[0].count, outcome_unknown: 1 });
  });
});

describe("retrying", () => {
  test("puts a dead letter on its way, the provider first where the money may have gone back", async () => {
    for (const outcomeUnknown of [false, true]) {
      const id = await deadLetter({ outcomeUnknown });
      const answer = await act(id, "retry", { reason, version: 1 });
      const status = outcomeUnknown ? "unknown" : "queued";
      expect([answer.status, answer.body]).toEqual([
        200,
        { object: "refund_action", action: "retry", refund_id: id, status, version: 2 },
      ]);
      expect(await read(id)).toMatchObject({ outcome_unknown: outcomeUnknown });
      expect(await api.auditOf(id)).toEqual([{ actor: "operator", via: "api", action: "retry_refund", reason }]);
    }
  });

  test("by many at once has one effect and one entry", async () => {
    const id = await deadLetter();
    const answers = await Promise.all(Array.from({ length: 5 }, () => act(id, "retry")));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409]);
    for (const answer of answers.filter(({ status }) => status === 409))
      expectProblem(answer, "refund_not_dead_lettered");
    expect(await api.auditOf(id)).toHaveLength(1);
  });

  test("several leaves alone what is not as it was seen", async () => {
    const [first, second] = [await deadLetter(), await deadLetter()];
    const refunds = [
      { id: first, version: 1 },
      { id: second, version: 2 },
      { id: NOBODY, version: 1 },
    ];
    const { body } = await api.as("operator").post("/dead_letters/retry_refunds", { refunds, reason });
    expect(body).toEqual({ object: "refund_retries", retried: 1, left_alone: 2 });
    expect(await read(second)).toMatchObject({ status: "dead_lettered" });
    expectProblem(await act(second, "retry", { reason, version: 2 }), "refund_changed");
    expectProblem(await act(NOBODY, "retry"), "refund_not_found");
  });
});

describe("ending a dead letter", () => {
  const resolution = { outcome: "succeeded", evidence: "dashboard: re_1 succeeded", reason, version: 1 };

  test("by discarding it gives its amount back, unless the money may have gone", async () => {
    const id = await deadLetter();
    expect((await act(id, "discard", { reason, version: 1 })).body).toMatchObject({ status: "failed", version: 2 });
    expectProblem(await act(await deadLetter({ outcomeUnknown: true }), "discard"), "outcome_unknown");
  });

  test("on evidence needs the provider's id of what has succeeded", async () => {
    const id = await deadLetter({ outcomeUnknown: true });
    expectProblem(await act(id, "resolve", resolution), "field_invalid", "provider_refund_id");
    const answer = await act(id, "resolve", { ...resolution, provider_refund_id: "re_1" });
    expect(answer.body).toMatchObject({ action: "resolve", status: "succeeded" });
    const other = await deadLetter({ outcomeUnknown: true });
    const taken = await act(other, "resolve", { ...resolution, provider_refund_id: "re_1" });
    expectProblem(taken, "field_invalid", "provider_refund_id");
  });

  test("as failed waits until no request can arrive any more", async () => {
    const id = await deadLetter({ outcomeUnknown: true });
    const problem = expectProblem(await act(id, "resolve", { ...resolution, outcome: "failed" }), "outcome_unknown");
    expect(problem.detail).toContain("may still arrive");
    expect(await read(id)).toMatchObject({ status: "dead_lettered", version: 1 });
    expect(await api.auditOf(id)).toEqual([]);
  });
});

test("looking up has the provider asked, where there is something to see", async () => {
  const id = await deadLetter();
  const answer = await act(id, "look_up");
  expect([answer.status, answer.body.action]).toEqual([202, "look_up"]);
  expect(await api.query("SELECT kind FROM outbox WHERE refund_id = $1 ORDER BY id DESC LIMIT 1", id)).toEqual([
    { kind: "refund_look" },
  ]);
  expectProblem(await act(await refundOne(api.db, api.merchantId), "look_up"), "nothing_to_look_up");
});
