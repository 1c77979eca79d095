import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { settleAttempts } from "@payonce/db";
import { lookUp } from "@payonce/db/operations";
import { acceptOne, claimOne, insertMerchant, settleRequest } from "@payonce/db/testing";
import { Queue } from "bullmq";
import { type Agent, startTestOps, TEST_ACTOR, type TestOps } from "../../test-ops.ts";
import { insertDeadLetter } from "../test-payments.ts";

let ops: TestOps;
let viewer: Agent;
beforeAll(async () => {
  ops = await startTestOps();
  viewer = await ops.signIn("viewer");
});
afterAll(() => ops.stop());

test("tells a payment's story in the order in which it happened", async () => {
  const { db } = ops;
  const overrides = { amountMinor: 980_000, currency: "jpy", orderReference: "1001" };
  const id = await acceptOne(db, await insertMerchant(db), overrides);
  const claim = await claimOne(db, id);
  if (!claim) throw new Error("not claimed");
  await db.pool.query("UPDATE payments SET provider_object_id = 'pi_1' WHERE id = $1", [id]);
  const call = { operation: "confirm", at: "2026-11-22T10:00:00.000Z", durationMs: 512, requestId: "req_9" } as const;
  const end = {
    outcome: "unknown",
    status: "unknown",
    outcomeUnknown: true,
    code: "timeout",
    evidence: [call],
  } as const;
  await settleAttempts(db.pool, [settleRequest(claim, { ...end, waitMs: 60_000 })]);
  await lookUp(db.pool, TEST_ACTOR, id, "the merchant asks");

  const { text } = await viewer.get(`/payments/${id}`);
  expect(text).toContain("980000 JPY");
  expect(text).toContain("order 1001");
  expect(text).toContain("Money may have moved. The provider is asked again at");
  const story = text.slice(text.indexOf('<ol class="timeline">'));
  const places = [
    "Request accepted",
    "Being charged",
    "Attempt 1: outcome unknown",
    "Confirm: charge",
    "512 ms",
    "req_9",
    "Outcome unknown",
    "Looked up at the provider by cli:test",
    "the merchant asks",
  ].map((words) => story.indexOf(words));
  expect(story).toContain("Waits to be published: a look at the provider");
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test("shows the payment's jobs with BullMQ's word for their state, and links to them", async () => {
  const id = await insertDeadLetter(ops.db);
  const { redis: connection, prefix } = ops;
  const [charges, deadLetters] = ["charges", "charges-dead-letter"].map(
    (name) => new Queue(name, { connection, prefix }),
  );
  await charges?.add("charge-payment", { paymentId: id, dispatch: 0 }, { jobId: `${id}-0`, delay: 60_000 });
  await deadLetters?.add("dead-letter", { paymentId: id, version: 2 }, { jobId: `${id}-v2` });
  const { text } = await viewer.get(`/payments/${id}`);
  expect(text).toContain(`<a href="/queues/queue/charges/${id}-0">${id}-0</a> is <strong>delayed</strong>`);
  expect(text).toContain(
    `<a href="/queues/queue/charges-dead-letter/${id}-v2">${id}-v2</a> is <strong>waiting</strong>`,
  );
  expect(text).not.toContain("No job");
});

test("says which job is missing", async () => {
  const id = await insertDeadLetter(ops.db);
  expect((await viewer.get(`/payments/${id}`)).text).toContain(`No job ${id}-0 in charges; No job ${id}-v2`);
});
