import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { reportCharger } from "@payonce/db/operations";
import { emptyTables } from "@payonce/db/testing";
import { Queue } from "bullmq";
import { type Agent, startTestOps, type TestOps } from "../../test-ops.ts";
import { insertDeadLetter, insertPayment } from "../test-payments.ts";

let ops: TestOps;
let operator: Agent;
beforeAll(async () => {
  ops = await startTestOps();
  operator = await ops.signIn("operator");
});
afterAll(() => ops.stop());
// Whoever pauses or resumes has the figures read anew.
beforeEach(async () => {
  await emptyTables(ops.db, "payments", "outbox", "anomalies", "queue_pauses", "charger_reports");
  await operator.post("/pause/charges", { reason: "before a test" });
  await operator.post("/resume/charges", { reason: "before a test" });
});

const textOf = async (path = "/") => (await operator.get(path)).text;

describe("the overview", () => {
  test("says that nobody is needed when nothing is wrong", async () => {
    const since = new Date();
    await reportCharger(ops.db.pool, {
      id: "c-1",
      version: "1",
      breaker: "closed",
      breakerSince: since,
      startedAt: since,
    });
    const text = await textOf();
    expect(text).toContain("Nothing needs you.");
    expect(text).toContain("Closed: the provider answers");
  });

  test("says what a person has to see to, the worst first", async () => {
    const since = new Date();
    await reportCharger(ops.db.pool, {
      id: "c-1",
      version: "1",
      breaker: "open",
      breakerSince: since,
      startedAt: since,
    });
    await insertDeadLetter(ops.db);
    await insertDeadLetter(ops.db, { outcomeUnknown: true });
    const text = await textOf();
    const places = [
      "1 of 1 charger cannot reach the provider",
      "1 dead letter may have been charged.",
      "1 dead letter was not charged and waits for a decision.",
    ].map((words) => text.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test("links the oldest payment whose outcome is unknown", async () => {
    const id = await insertPayment(ops.db, { status: "unknown" });
    await insertPayment(ops.db, { status: "unknown" });
    expect(await textOf("/overview/figures")).toContain(`href="/payments/${id}">Show this payment</a>`);
  });

  test("shows BullMQ's queues and what its workers counted", async () => {
    const queue = new Queue("charges", { connection: ops.redis, prefix: ops.prefix });
    await queue.add("charge-payment", {}, { delay: 60_000 });
    await ops.redis.hset(queue.toKey("metrics:completed"), { count: 12, prevTS: Date.now() - 60_000, prevCount: 5 });
    const text = await textOf();
    expect(text).toMatch(/Delayed.*?<div class="cell">1<\/div>/s);
    expect(text).toContain("7 finished, 0 failed in 60 minutes");
    expect(text).toContain("As a table");
  });

  test("is read once for all who look at it within a second", async () => {
    await textOf("/overview/figures");
    await insertDeadLetter(ops.db);
    const answers = await Promise.all(Array.from({ length: 10 }, () => textOf("/overview/figures")));
    expect(new Set(answers.map((text) => /<time class="time" datetime="([^"]+)"/.exec(text)?.[1])).size).toBe(1);
  });

  test("can be had without being refreshed", async () => {
    expect(await textOf("/")).toContain('hx-get="/overview/figures"');
    expect(await textOf("/?live=off")).not.toContain("hx-get");
  });
});

describe("pausing", () => {
  test("asks why, and shows since when and why it is paused", async () => {
    expect((await operator.post("/pause/charges", { reason: "" })).status).toBe(422);
    const { headers } = await operator.post("/pause/charges", { reason: "an outage" });
    expect(headers.location).toBe("/?notice=paused");
    const text = await textOf();
    expect(text).toContain("Charging is paused by an operator.");
    expect(text).toContain("<q>an outage</q>");
    expect(text).toContain("Resume charging");
    expect((await operator.post("/resume/charges", { reason: "over" })).headers.location).toBe("/?notice=resumed");
    expect(await textOf()).not.toContain("Charging is paused");
  });

  test("twice, or what is not paused, is said to have changed nothing", async () => {
    await operator.post("/pause/charges", { reason: "an outage" });
    expect((await operator.post("/pause/charges", { reason: "again" })).headers.location).toBe(
      "/?notice=paused_before",
    );
    await operator.post("/resume/charges", { reason: "over" });
    expect((await operator.post("/resume/charges", { reason: "over" })).headers.location).toBe(
      "/?notice=resumed_before",
    );
  });

  test("is possible for the queue of charges alone", async () => {
    expect((await operator.post("/pause/charges-dead-letter", { reason: "because" })).status).toBe(404);
  });
});
