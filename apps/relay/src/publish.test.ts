import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { OutboxRow } from "@payonce/db";
import { newId } from "@payonce/domain";
import { connectRedisForPublishing, createLogger } from "@payonce/service";
import { DelayedError, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { createPublisher } from "./publish.ts";

const url = process.env.TEST_REDIS_URL ?? "";
const logger = createLogger("test", "silent");
let prefix: string;
let redis: Redis;
let publisher: ReturnType<typeof createPublisher>;
let charges: Queue;
let deadLetters: Queue;
let nextRowId = 1;

beforeAll(async () => {
  redis = connectRedisForPublishing(url, logger);
  await ready(redis);
});
afterAll(() => redis.disconnect());
beforeEach(async () => {
  prefix = `test-${randomBytes(6).toString("hex")}`;
  publisher = createPublisher(redis, { prefix, eventsKept: 1_000, logger });
  charges = new Queue("charges", { connection: redis, prefix });
  deadLetters = new Queue("charges-dead-letter", { connection: redis, prefix });
});

const ready = (client: Redis) =>
  client.status === "ready" ? Promise.resolve() : new Promise<void>((resolve) => client.once("ready", () => resolve()));
const row = (kind: OutboxRow["kind"], overrides: Partial<OutboxRow> = {}): OutboxRow => ({
  id: String(nextRowId++),
  kind,
  paymentId: newId("pay"),
  refundId: null,
  version: 1,
  dispatch: 0,
  ...overrides,
});
const events = async () =>
  (await redis.xrange(`${prefix}:payment-events`, "-", "+")).map(([, fields]) => ({
    id: fields[1],
    version: fields[3],
  }));

describe("publishing", () => {
  test("an accepted payment makes its job and its event", async () => {
    const accepted = row("accepted");
    expect(await publisher.publish([accepted])).toEqual(new Set());
    const [job] = await charges.getJobs();
    expect(job).toMatchObject({
      id: `${accepted.paymentId}-0`,
      name: "charge-payment",
      data: { paymentId: accepted.paymentId, dispatch: 0 },
    });
    expect(await events()).toEqual([{ id: accepted.paymentId, version: "1" }]);
  });

  test("twice, as after a crash before the commit, makes one job", async () => {
    const accepted = row("accepted");
    await publisher.publish([accepted]);
    await publisher.publish([accepted]);
    expect(await charges.getJobCounts()).toMatchObject({ waiting: 1 });
  });

  test("each kind of row leads to its own: job, look, event, dead letter", async () => {
    const rows = [
      row("dispatch", { dispatch: 3 }),
      row("look_again"),
      row("event", { version: 4 }),
      row("dead_lettered", { version: 9 }),
    ];
    await publisher.publish(rows);
    const jobs = await charges.getJobs();
    expect(jobs.map(({ name }) => name).sort()).toEqual(["charge-payment", "look-again"]);
    expect((await deadLetters.getJobs()).map(({ id }) => id)).toEqual([`${rows[3]?.paymentId}-v9`]);
    expect((await events()).map(({ version }) => version)).toEqual(["4", "9"]);
  });

  test("a job says nothing that matters: an id, and which wake-up it is", async () => {
    await publisher.publish([row("accepted")]);
    const [job] = await charges.getJobs();
    expect(Object.keys(job?.data).sort()).toEqual(["dispatch", "paymentId"]);
  });

  test("a job that is lost, alive, delayed or finished is told apart", async () => {
    const [completed, delayed, waiting, removed] = [row("accepted"), row("accepted"), row("accepted"), row("accepted")];
    const jobs = [completed, delayed, waiting, removed].map(({ paymentId, dispatch }) => ({ paymentId, dispatch }));
    const idOf = ({ paymentId }: OutboxRow) => `${paymentId}-0`;
    expect((await publisher.findLostJobs(jobs)).size).toBe(4);

    await publisher.publish([completed, delayed]);
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    const worker = new Worker(
      "charges",
      async (job, token) => {
        if (job.id === idOf(completed)) return;
        await job.moveToDelayed(Date.now() + 60_000, token);
        throw new DelayedError();
      },
      { connection, prefix },
    );
    while (
      (await charges.getJobCounts("completed", "delayed")).delayed === 0 ||
      (await charges.getCompletedCount()) === 0
    );
    await worker.close();
    connection.disconnect();
    await publisher.publish([waiting, removed]);
    await charges.remove(idOf(removed));
    await charges.pause();
    expect(await publisher.findLostJobs(jobs)).toEqual(new Set([idOf(completed), idOf(removed)]));
  });

  test("fails as a whole while Redis is away, so that every row is kept", async () => {
    const away = new Redis("redis://127.0.0.1:1", { lazyConnect: true, retryStrategy: () => null });
    away.on("error", () => {});
    const cut = createPublisher(away, { prefix, eventsKept: 10, logger });
    await expect(cut.publish([row("accepted")])).rejects.toThrow("Redis is away");
    await cut.close();
  });

  test("gives up in time on a Redis that hangs, so that rows do not stay locked", async () => {
    const other = new Redis(url);
    await ready(other);
    const impatient = createPublisher(redis, { prefix, eventsKept: 10, logger, deadlineMs: 100 });
    // Holds back the whole server's answers, as a stopped one would; others in this run wait as long.
    await other.call("CLIENT", "PAUSE", "400", "WRITE");
    await expect(impatient.publish([row("accepted")])).rejects.toThrow("did not answer within 100 ms");
    await other.call("CLIENT", "UNPAUSE");
    other.disconnect();
  });

  test("keeps a bounded stream of events", async () => {
    const small = createPublisher(redis, { prefix, eventsKept: 100, logger });
    await small.publish(Array.from({ length: 500 }, () => row("event")));
    expect(await redis.xlen(`${prefix}:payment-events`)).toBeLessThan(300);
  });
});
