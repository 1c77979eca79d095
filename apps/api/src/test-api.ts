import { createHash, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "@jest/globals";
import { connectDatabase, type Database } from "@payonce/db";
import { createTestDatabase, insertMerchant, TEST_SECRET_BOX } from "@payonce/db/testing";
import { type ErrorCode, newId, type PaymentState, type Problem } from "@payonce/domain";
import { closeServer, createHttpServer, type ServerLimits } from "@payonce/http";
import { connectRedisForPublishing, connectRedisForReading, createAddressPolicy, createLogger } from "@payonce/service";
import { Redis } from "ioredis";
import { Registry } from "prom-client";
import request, { type Response } from "supertest";
import { createApp } from "./app.ts";
import { hearKeyChanges } from "./http/hear-key-changes.ts";
import { createRateLimits, type RateLimitSettings } from "./http/rate-limits.ts";
import { createLiveEvents, type LiveEventsOptions } from "./payments/events/live-events.ts";
import { createPaymentWaiters } from "./payments/payment-waiters.ts";
import { readAnnouncements } from "./payments/read-announcements.ts";
import { findUndescribed, recordAnswers } from "./test-described.ts";

export const VALID = { amount: 4200, currency: "eur", payment_method: "pm_card_visa" };

/** Two, as while one is being replaced. */
export const WEBHOOK_SECRETS = ["whsec_test_new", "whsec_test_old"];

const NO_LIMITS: RateLimitSettings = {
  windowSeconds: 60,
  secretKeyPerSecond: 0,
  publishableKeyPerSecond: 0,
  preflightPerSecond: 0,
  failurePerSecond: 0,
};

export interface TestApiOptions {
  /** Instead of a database of the test's own. */
  databaseUrl?: string;
  databaseTimeoutMs?: number;
  redisUrl?: string;
  maxRequestsInFlight?: number;
  maxPaymentsWaiting?: number;
  maxWaiting?: number;
  events?: Partial<LiveEventsOptions>;
  /** Of the stream of announcements. */
  waits?: { blockMs: number; retryMs: number };
  limits?: ServerLimits;
  /** None, unless said otherwise. */
  rateLimits?: Partial<RateLimitSettings>;
  /** Remembers keys, as `main.ts` does; otherwise each request asks the database. */
  knowsKeys?: boolean;
  /** The clock by which what is known of keys grows old. */
  now?: () => number;
  /** Of Redis keys, to share them with another process. */
  prefix?: string;
  trustProxyHops?: number;
  /** Long, because a machine that is busy is no Redis that is away. */
  redisTimeoutMs?: number;
  /** That webhooks may be sent to although they are not public. */
  allowedNetworks?: string[];
}

export type TestApi = Awaited<ReturnType<typeof startTestApi>>;

/**
 * The API as `main.ts` puts it together, on a free port, with a merchant. `stop` fails when it left a connection open, and
 * when any answer was not as the OpenAPI document describes it.
 */
export async function startTestApi(options: TestApiOptions = {}) {
  const { databaseUrl, databaseTimeoutMs = 300, redisUrl = process.env.TEST_REDIS_URL ?? "" } = options;
  const testDatabase = databaseUrl ? null : await createTestDatabase();
  const db =
    testDatabase?.db ??
    connectDatabase({ url: databaseUrl ?? "", applicationName: "test", statementTimeoutMs: databaseTimeoutMs });
  const lines: string[] = [];
  const logger = createLogger("api", "info", { write: (line) => lines.push(line) });
  const registry = new Registry();
  const prefix = options.prefix ?? `test-${randomBytes(6).toString("hex")}`;
  const redis = connectRedisForReading(redisUrl, createLogger("redis", "silent"));
  const announcements = readAnnouncements(redis, prefix, options.waits);
  const waiters = createPaymentWaiters(announcements, { maxWaiting: options.maxWaiting ?? 100, registry });
  const live = createLiveEvents(db, announcements, { maxListeners: 100, registry, ...options.events });
  const { redisTimeoutMs = 5_000 } = options;
  const counters = options.rateLimits ? connectRedisForPublishing(redisUrl, createLogger("redis", "silent")) : redis;
  const rateLimits = { ...NO_LIMITS, ...options.rateLimits };
  const limits = createRateLimits(counters, rateLimits, { prefix, registry, timeoutMs: redisTimeoutMs });
  const { maxRequestsInFlight = 1_000, maxPaymentsWaiting = 500, trustProxyHops = 0 } = options;
  const databaseInUse = testDatabase?.url ?? databaseUrl ?? "";
  const keyChanges = options.knowsKeys ? hearKeyChanges(databaseInUse, logger) : undefined;
  const webhooks = { box: TEST_SECRET_BOX, policy: createAddressPolicy(options.allowedNetworks) };
  const app = createApp({
    db,
    waiters,
    live,
    logger,
    registry,
    limits,
    keyChanges,
    now: options.now,
    trustProxyHops,
    maxRequestsInFlight,
    maxPaymentsWaiting,
    webhookSecrets: WEBHOOK_SECRETS,
    webhooks,
  });
  const undescribed: string[] = [];
  const recorded = recordAnswers(app, (answer) => {
    const fault = findUndescribed(answer);
    if (fault) undescribed.push(fault);
  });
  const server = createHttpServer(recorded, logger, options.limits);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const merchant = testDatabase ? await addMerchant(db) : { merchantId: "", secretKey: "sk_test_none" };
  const authorization = `Bearer ${merchant.secretKey}`;

  return {
    url,
    port,
    app,
    db,
    databaseUrl: databaseInUse,
    keyChanges,
    server,
    waiters,
    live,
    lines,
    prefix,
    registry,
    authorization,
    ...merchant,
    /** A valid POST with a key of its own, unless said otherwise. */
    post: (body: object = VALID, headers: Record<string, string> = {}) =>
      request(url)
        .post("/v1/payments")
        .set({ authorization, "Idempotency-Key": randomUUID(), ...headers })
        .send(body),
    get: (path: string, headers: Record<string, string> = {}) =>
      request(url)
        .get(path)
        .set({ authorization, ...headers }),
    async stop() {
      waiters.close();
      live.close();
      announcements.stop();
      await closeServer(server);
      redis.disconnect();
      counters.disconnect();
      await keyChanges?.close();
      await (testDatabase ? testDatabase.drop() : db.close());
      if (undescribed.length > 0) throw new Error(undescribed.slice(0, 3).join("\n\n"));
    },
  };
}

/** A merchant with keys. */
export async function addMerchant(db: Database) {
  const merchantId = await insertMerchant(db);
  const secretKey = await addApiKey(db, merchantId, "secret");
  return { merchantId, secretKey, authorization: `Bearer ${secretKey}` };
}

export async function addApiKey({ pool }: Database, merchantId: string, kind: "secret" | "publishable") {
  const key = `${kind === "secret" ? "sk" : "pk"}_test_${randomBytes(24).toString("base64url")}`;
  const hash = createHash("sha256").update(key).digest();
  await pool.query("INSERT INTO api_keys (id, merchant_id, kind, hash, prefix) VALUES ($1, $2, $3, $4, $5)", [
    newId("key"),
    merchantId,
    kind,
    hash,
    key.slice(0, 12),
  ]);
  return key;
}

/** What the charger does to a payment, as far as the API sees it. */
export async function moveTo({ pool }: Database, paymentId: string, status: PaymentState): Promise<void> {
  await pool.query(
    `UPDATE payments SET status = $2, version = version + 1, next_action_at = NULL, provider_object_id = 'pi_' || id,
       failure_code = CASE WHEN $2 = 'declined' THEN 'card_declined' END WHERE id = $1`,
    [paymentId, status],
  );
}

/** What the relay does when a payment has changed. */
export async function announce({ prefix }: { prefix: string }, paymentId: string): Promise<void> {
  const redis = new Redis(process.env.TEST_REDIS_URL ?? "");
  const stream = `${prefix}:payment-events`;
  await redis.xadd(stream, "*", "payment_id", paymentId, "version", "2");
  await redis.expire(stream, 60);
  redis.disconnect();
}

/** What is stored: nothing is where a request was refused. */
export async function countRows({ pool }: Database): Promise<{ payments: number; outbox: number; timeline: number }> {
  const { rows } = await pool.query(`SELECT (SELECT count(*) FROM payments)::int AS payments,
    (SELECT count(*) FROM outbox)::int AS outbox, (SELECT count(*) FROM timeline)::int AS timeline`);
  return rows[0];
}

/** An answer without its body's type, as both supertest and a raw socket give it. */
type Answer = Pick<Response, "status" | "headers" | "text">;

/** Checks all that holds for every problem, whatever it is about. */
export function expectProblem(answer: Answer, status: number, code: ErrorCode, param: string | null = null): Problem {
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
  expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  const problem: Problem = JSON.parse(answer.text);
  expect(problem).toMatchObject({ status, code, param, type: `urn:payonce:problem:${code}` });
  expect(problem.request_id).toMatch(/^req_/);
  expect(problem.request_id).toBe(answer.headers["request-id"]);
  for (const text of [problem.title, problem.detail]) expect(text.length).toBeGreaterThan(0);
  // Nothing of our insides.
  expect(answer.text).not.toMatch(/\\n|\.[jt]s:\d|:\d+:\d|node_modules|SELECT|INSERT|prisma|invalid input/i);
  return problem;
}

/** Waits for a condition that comes about soon, instead of guessing when. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`did not happen within ${withinMs} ms: ${condition}`);
    await delay(5);
  }
}
