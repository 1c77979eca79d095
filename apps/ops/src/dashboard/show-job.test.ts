import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { type Agent, startTestOps, type TestOps } from "../test-ops.ts";
import { fillQueues } from "./test-queues.ts";

/** As a driver or a validator may word it: more than a line, with what nobody should read. */
const FAILURE = new Error("the database went away\nSELECT * FROM payments\n    at charge (/srv/charger/charge.js:1:2)");

let ops: TestOps;
let viewer: Agent;
let jobs: Awaited<ReturnType<typeof fillQueues>>;

beforeAll(async () => {
  ops = await startTestOps();
  viewer = await ops.signIn("viewer");
  jobs = await fillQueues(ops.prefix, FAILURE);
});
afterAll(async () => {
  await jobs?.close();
  await ops?.stop();
});

async function jobOf(id: string, queue = "charges") {
  const { body } = await viewer.get(`/queues/api/queues/${queue}/${id}`).expect(200);
  const listed = await viewer.get(`/queues/api/queues?activeQueue=${queue}&status=${body.status}`).expect(200);
  const { jobs: inList } = listed.body.queues.find(({ name }: { name: string }) => name === queue);
  // The list shows a job as its own page does.
  expect(inList.find((job: { id: string }) => job.id === id)).toEqual(body.job);
  return body.job;
}

describe("a job on the dashboard", () => {
  test("shows the payment and leads to its page", async () => {
    const { id, paymentId } = jobs.waiting;
    const link = { externalUrl: { displayText: "Open the payment", href: `/payments/${paymentId}` } };
    expect(await jobOf(id)).toMatchObject({ name: "charge-payment", data: { paymentId, dispatch: 0 }, ...link });
  });

  test("of the dead letters shows its payment's version", async () => {
    const { id, paymentId } = jobs.deadLetter;
    expect(await jobOf(id, "charges-dead-letter")).toMatchObject({
      data: { paymentId, version: 7 },
      externalUrl: { href: `/payments/${paymentId}` },
    });
  });

  test("that is done says what became of it", async () => {
    expect(await jobOf(jobs.completed.id)).toMatchObject({ returnValue: "succeeded", isFailed: false });
    const { body } = await viewer.get(`/queues/api/queues/charges/${jobs.completed.id}/logs`).expect(200);
    expect(body).toEqual([`Attempt 1 of ${jobs.completed.id}`]);
  });

  test("that has failed says why in a line, without the stack trace that BullMQ keeps", async () => {
    const stored = await jobs.charges.getJob(jobs.failed.id);
    expect(stored?.stacktrace?.join()).toContain("at charge");
    const job = await jobOf(jobs.failed.id);
    expect(job).toMatchObject({ failedReason: "the database went away", stacktrace: [], isFailed: true });
    expect(JSON.stringify(job)).not.toMatch(/SELECT|charge\.js/);
  });

  test("is part of no tree of jobs", async () => {
    const { body } = await viewer.get(`/queues/api/queues/charges/${jobs.failed.id}/flow`).expect(200);
    expect(body).toEqual({ nodeId: jobs.failed.id, isFlowNode: false, flowRoot: null });
  });
});

describe("a job that is not as we make them", () => {
  const id = `${newId("pay")}-0`;
  beforeEach(async () => {
    await jobs.charges.remove(id);
  });
  const add = (data: object, options: object = {}) =>
    jobs.charges.add("charge-payment", data, { jobId: id, ...options });

  test("does not show what it carries, and leads nowhere", async () => {
    for (const data of [
      { paymentId: newId("pay"), dispatch: 0, card: "4242424242424242" },
      { paymentId: "javascript:alert(1)", dispatch: 0 },
      { paymentId: "../operators", dispatch: 0 },
      { secret: "sk_live_1234567890" },
    ]) {
      await add(data);
      const job = await jobOf(id);
      expect(job.data).toEqual({ hidden: "This is not what a job of this queue carries." });
      expect(job).not.toHaveProperty("externalUrl");
      expect(JSON.stringify(job)).not.toMatch(/4242|javascript:|operators|sk_live/);
      await jobs.charges.remove(id);
    }
  });

  test("shows no card number, key or password of its texts, and of its options those that we set", async () => {
    const job = await add({}, { attempts: 3, telemetry: { metadata: "sk_live_1234567890" } });
    await job.updateProgress({ card: "4242 4242 4242 4242" });
    await job.log("whsec_1234567890abcdef");
    await job.log("connect to postgresql://payonce:hunter2@10.0.0.7/payonce");
    await job.log("Attempt 2: retry_wait");
    await ops.redis.hset(`${ops.prefix}:charges:${id}`, {
      name: "4242424242424242",
      failedReason: "No such customer: sk_live_1234567890",
      returnvalue: JSON.stringify({ card: "4242424242424242" }),
      pb: "charger-1 4242424242424242",
      defa: "4242424242424242",
    });
    const shown = await jobOf(id);
    expect(shown).toMatchObject({ name: "[redacted]", failedReason: "[redacted]", progress: 0 });
    expect(shown.opts).toEqual({ attempts: 3, jobId: id });
    const { body: lines } = await viewer.get(`/queues/api/queues/charges/${id}/logs`).expect(200);
    expect(lines).toEqual(["[redacted]", "[redacted]", "Attempt 2: retry_wait"]);
    expect(JSON.stringify(shown)).not.toMatch(/4242|sk_live|hunter2/);
  });

  test("and that cannot be read at all is an error that says nothing of it", async () => {
    await add({});
    await ops.redis.hset(`${ops.prefix}:charges:${id}`, { opts: "{4242424242424242" });
    const answer = await viewer.get(`/queues/api/queues/charges/${id}`);
    expect(answer).toMatchObject({ status: 500, body: { code: "internal_error" } });
    expect(answer.text + ops.lines.join()).not.toContain("4242");
  });
});
