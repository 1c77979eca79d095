import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { startTestCli, type TestCli } from "./test-cli.ts";

let cli: TestCli;
beforeAll(async () => {
  cli = await startTestCli();
});
afterAll(() => cli.drop());

test("queues are listed with their jobs, paused and resumed", async () => {
  const redis = new Redis(cli.env.REDIS_URL ?? "");
  const queue = new Queue("charges", { connection: redis, prefix: cli.env.REDIS_PREFIX });
  try {
    await queue.addBulk([
      { name: "a", data: {} },
      { name: "b", data: {}, opts: { delay: 3_600_000 } },
    ]);
    const paused = await cli.run("queues", "pause", "charges", "--reason", "the bank is down");
    expect(paused).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("charges is paused") });
    expect(await cli.run("queues", "pause", "charges", "--reason", "again")).toMatchObject({
      exitCode: 0,
      stdout: "charges was paused already.\n",
    });
    const listed = await cli.run("queues", "list");
    expect(listed).toMatchObject({ exitCode: 0, stderr: "" });
    expect(listed.stdout).toMatch(/^charges +1 +0 +1 +0 +\S+Z +the bank is down$/m);
    for (const name of ["charges-dead-letter", "refunds", "refunds-dead-letter", "webhooks"])
      expect(listed.stdout).toMatch(new RegExp(`^${name} +0 +0 +0 +0 +- +-$`, "m"));

    expect((await cli.run("queues", "resume", "charges", "--reason", "it is up", "--json")).json()).toEqual({
      object: "queue_pause",
      queue: "charges",
      paused: false,
      changed: true,
    });
    const audit = await cli.query("SELECT action, actor, via, target, reason FROM audit_log ORDER BY id");
    const person = { actor: cli.actor, via: "cli", target: "charges" };
    expect(audit).toEqual([
      { action: "pause_queue", ...person, reason: "the bank is down" },
      { action: "resume_queue", ...person, reason: "it is up" },
    ]);
  } finally {
    await queue.obliterate();
    await queue.close();
    redis.disconnect();
  }
});

test("only a queue that somebody works on can be paused", async () => {
  const refused = await cli.run("queues", "pause", "charges-dead-letter", "--reason", "x", "--json");
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("there is charges") });
  expect(refused.json()).toMatchObject({ code: "queue_not_found" });
});

test("while Redis is away, what Postgres knows is shown all the same", async () => {
  const away = { env: { REDIS_URL: "redis://127.0.0.1:1" } };
  const listed = await cli.runWith(away, "queues", "list", "--json");
  expect(listed).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("Redis cannot be asked") });
  expect(listed.json()).toMatchObject({
    data: [{ name: "charges", paused: false, jobs: null }, ...Array(4).fill({ jobs: null })],
  });
});
