import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { connectDatabase } from "@payonce/db";
import { pauseQueue, resumeQueue } from "@payonce/db/operations";
import {
  deadLetterOneRefund,
  deliverAllEvents,
  insertMerchant,
  insertWebhookEndpoint,
  succeedOne,
  TEST_ACTOR,
} from "@payonce/db/testing";
import { Redis } from "ioredis";
import { startTestCli, type TestCli } from "../test-cli.ts";

interface Finding {
  name: string;
  status: string;
  found: string;
}

/** As the tests' endpoints are sealed. */
const KEY = Buffer.alloc(32, 7).toString("base64");
const OTHER_KEY = Buffer.alloc(32, 8).toString("base64");

let cli: TestCli;
let merchantId: string;
let redis: Redis;
beforeAll(async () => {
  cli = await startTestCli();
  merchantId = await insertMerchant(cli.db);
  redis = new Redis(cli.env.REDIS_URL ?? "");
});
afterAll(async () => {
  await redis.del(`${cli.env.REDIS_PREFIX}:payment-events`);
  redis.disconnect();
  await cli.drop();
});

async function find(name: string, env: NodeJS.ProcessEnv = {}): Promise<Finding | undefined> {
  // Nobody serves the provider: its check fails at once, and is not looked at.
  const known = { STRIPE_API_BASE: "http://127.0.0.1:1", STRIPE_API_KEY: "sk_test_1" };
  const ran = await cli.runWith({ env: { ...known, ...env } }, "doctor", "--json");
  return ran.json<{ checks: Finding[] }>().checks.find((check) => check.name === name);
}

test("without endpoints nothing about webhooks is wrong", async () => {
  expect(await find("notifiers")).toMatchObject({ status: "info" });
  expect(await find("webhook secret key")).toMatchObject({ status: "info" });
  expect(await find("webhook endpoints")).toMatchObject({ status: "ok" });
});

test("endpoints without a notifier are a warning, and with one in order", async () => {
  await insertWebhookEndpoint(cli.db, merchantId);
  expect(await find("notifiers")).toMatchObject({ status: "warning" });
  const notifier = connectDatabase({ url: cli.env.DATABASE_URL, applicationName: "payonce-notifier" });
  const client = await notifier.pool.connect();
  expect(await find("notifiers")).toMatchObject({ status: "ok" });
  client.release();
  await notifier.close();
});

test("the key is tried on what is stored, and never shown", async () => {
  const of = (key: string) => find("webhook secret key", { WEBHOOK_SECRET_KEY: key });
  expect(await of(KEY)).toMatchObject({ status: "ok", found: expect.stringContaining("opens the 1 signing secret") });
  expect(await of(`${OTHER_KEY},${KEY}`)).toMatchObject({ status: "ok" });
  const wrong = await of(OTHER_KEY);
  expect(wrong).toMatchObject({ status: "failed", found: expect.stringContaining("does not open 1 of 1") });
  expect(JSON.stringify(wrong)).not.toContain(OTHER_KEY);
  expect(await find("webhook secret key")).toMatchObject({ status: "unchecked" });
});

test("announcements that nobody reads are a warning", async () => {
  const stream = `${cli.env.REDIS_PREFIX}:payment-events`;
  expect(await find("notifiers' announcements")).toMatchObject({ status: "info" });
  await redis.xgroup("CREATE", stream, "notifier", "0", "MKSTREAM");
  expect(await find("notifiers' announcements")).toMatchObject({ status: "ok" });
  const pipeline = redis.pipeline();
  for (let i = 0; i < 1_001; i++) pipeline.xadd(stream, "*", "payment_id", "x");
  await pipeline.exec();
  expect(await find("notifiers' announcements")).toMatchObject({ status: "warning" });
});

test("events without deliveries, deliveries that are overdue and endpoints that are disabled are told", async () => {
  await cli.query("UPDATE webhook_endpoints SET created_at = now() - interval '1 hour'");
  await succeedOne(cli.db, merchantId);
  await cli.query("UPDATE webhook_outbox SET at = now() - interval '61 seconds'");
  expect(await find("webhook events")).toMatchObject({ status: "failed" });
  await deliverAllEvents(cli.db);
  expect(await find("webhook events")).toMatchObject({ status: "ok" });
  expect(await find("overdue deliveries")).toMatchObject({ status: "ok" });
  await cli.query("UPDATE webhook_deliveries SET next_action_at = now() - interval '10 minutes'");
  expect(await find("overdue deliveries")).toMatchObject({ status: "warning" });
  await pauseQueue(cli.db.pool, TEST_ACTOR, "webhooks", "x");
  expect(await find("overdue deliveries")).toMatchObject({ status: "info" });
  await resumeQueue(cli.db.pool, TEST_ACTOR, "webhooks", "x");
  await cli.query(
    `UPDATE webhook_deliveries SET status = 'dead_lettered', dead_letter_reason = 'attempts_spent', next_action_at = NULL`,
  );
  expect(await find("dead-lettered deliveries")).toMatchObject({
    status: "info",
    found: expect.stringMatching(/^1, /),
  });
  await cli.query("UPDATE webhook_endpoints SET status = 'disabled', disabled_reason = 'failing', disabled_at = now()");
  expect(await find("webhook endpoints")).toMatchObject({ status: "warning" });
});

test("refunds that wait for a person, or should have moved, are told apart from payments", async () => {
  const id = await deadLetterOneRefund(cli.db, merchantId, { outcomeUnknown: true });
  expect(await find("dead-lettered refunds")).toMatchObject({ found: expect.stringContaining("of 1 it is unknown") });
  expect(await find("dead letters")).toMatchObject({ found: "none" });
  await cli.query(
    `UPDATE refunds SET status = 'unknown', dead_letter_reason = NULL, next_action_at = now() - interval '1 hour' WHERE id = $1`,
    id,
  );
  expect(await find("overdue refunds")).toMatchObject({
    status: "warning",
    found: expect.stringContaining("1 refund"),
  });
  expect(await find("overdue payments")).toMatchObject({ status: "ok" });
});
