import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { Queue } from "bullmq";
import { expectProblem, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(() => api.query("DELETE FROM queue_pauses"));

const list = async () => (await api.as("viewer").get("/queues")).body.data;
const change = (queue: string, action: string, reason = "the bank is down") =>
  api.as("operator").post(`/queues/${queue}/${action}`, { reason });

test("the list has all queues, and how many jobs they hold", async () => {
  const charges = new Queue("charges", { connection: api.redis, prefix: api.prefix });
  await charges.add("charge-payment", {}, { delay: 60_000 });
  await charges.add("charge-payment", {});
  expect(await list()).toMatchObject([
    {
      object: "queue",
      name: "charges",
      can_be_paused: true,
      paused: false,
      jobs: { waiting: 1, delayed: 1, active: 0 },
    },
    { name: "charges-dead-letter", can_be_paused: false, paused: false, jobs: { waiting: 0 } },
    { name: "refunds", can_be_paused: true, paused: false },
    { name: "refunds-dead-letter", can_be_paused: false, paused: false },
    { name: "webhooks", can_be_paused: true, paused: false },
  ]);
});

test("a queue is paused once, with the first reason, and resumed once", async () => {
  const pauses = await Promise.all([change("charges", "pause"), change("charges", "pause")]);
  expect(pauses.map(({ body }) => body.changed).toSorted()).toEqual([false, true]);
  expect((await list())[0]).toMatchObject({ paused: true, pause_reason: "the bank is down" });
  expect((await change("charges", "resume")).body).toEqual({
    object: "queue_pause",
    queue: "charges",
    paused: false,
    changed: true,
  });
  expect((await change("charges", "resume")).body.changed).toBe(false);
  expect((await list())[0]).toMatchObject({ paused: false, pause_reason: null, paused_at: null });
  const actions = (await api.auditOf("charges")).map(({ action }) => action);
  expect(actions).toEqual(["pause_queue", "resume_queue"]);
});

test("each queue is paused by itself", async () => {
  await change("refunds", "pause");
  await change("webhooks", "pause");
  const paused = (await list()).filter((queue: { paused: boolean }) => queue.paused);
  expect(paused.map(({ name }: { name: string }) => name)).toEqual(["refunds", "webhooks"]);
});

test.each(["charges-dead-letter", "refunds-dead-letter", "Charges", "nothing"])(
  "there is no queue %s to pause",
  async (queue) => {
    for (const action of ["pause", "resume"]) expectProblem(await change(queue, action), "queue_not_found");
    expect(await api.query("SELECT * FROM queue_pauses")).toEqual([]);
  },
);
