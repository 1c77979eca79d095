import { afterEach, describe, expect, test } from "@jest/globals";
import type express from "express";
import type { Redis } from "ioredis";
import { Registry } from "prom-client";
import request, { type Response } from "supertest";
import {
  addApiKey,
  addMerchant,
  countRows,
  expectProblem,
  startTestApi,
  type TestApi,
  type TestApiOptions,
  until,
  VALID,
} from "../test-api.ts";
import { startProxy } from "../test-proxy.ts";
import { openShop } from "../test-shop.ts";
import { createRateLimits } from "./rate-limits.ts";

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: TestApiOptions): Promise<TestApi> {
  const api = await startTestApi(options);
  closers.push(api.stop);
  return api;
}

async function startBehindProxy(options: TestApiOptions) {
  const proxy = await startProxy(process.env.TEST_REDIS_URL ?? "");
  closers.push(proxy.close);
  return { proxy, api: await start({ ...options, redisUrl: proxy.url }) };
}

/** Six of each, in a window whose end none of these tests sees. */
const SIX = {
  windowSeconds: 600,
  secretKeyPerSecond: 0.01,
  publishableKeyPerSecond: 0.01,
  preflightPerSecond: 0.01,
  failurePerSecond: 0.01,
};

const list = (api: TestApi, headers: Record<string, string> = {}) => api.get("/v1/payments", headers);
async function times<T>(count: number, work: () => PromiseLike<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, work));
}
const statuses = (answers: Response[]) => answers.map(({ status }) => status).sort();
const counted = async (api: TestApi) =>
  (await api.registry.getSingleMetric("payonce_rate_limit_unavailable_total")?.get())?.values[0]?.value ?? 0;

const served = (answers: Response[]) => answers.filter(({ status }) => status < 300).length;

describe("more requests than a key may make", () => {
  test("are answered 429, with the time after which to try again, and nothing is stored", async () => {
    const api = await start({ rateLimits: SIX });
    const answers = await times(20, () => api.post());
    expect([served(answers), (await countRows(api.db)).payments]).toEqual([6, 6]);
    const refused = answers.find(({ status }) => status === 429) as Response;
    const problem = expectProblem(refused, 429, "rate_limited");
    expect(problem.retryable).toBe(true);
    const seconds = Number(refused.headers["retry-after"]);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(600);
    expect(refused.headers["ratelimit-policy"]).toBe('"secret-key";q=6;w=600');
    expect(refused.headers.ratelimit).toBe(`"secret-key";r=0;t=${seconds}`);
  });

  test("are told before how many are left", async () => {
    const api = await start({ rateLimits: SIX });
    for (let left = 5; left >= 0; left--)
      expect((await list(api)).headers.ratelimit).toMatch(new RegExp(`^"secret-key";r=${left};t=\\d+$`));
    expect((await list(api)).status).toBe(429);
  });

  test("are served again when the window is over", async () => {
    const api = await start({ rateLimits: { ...SIX, windowSeconds: 1, secretKeyPerSecond: 2 } });
    await until(async () => (await times(10, () => list(api))).some(({ status }) => status === 429));
    await until(async () => (await list(api)).status === 200);
  });

  test("counted together have each a place of their own, and those of another key none of theirs", async () => {
    const api = await start({ rateLimits: SIX });
    const { authorization } = await addMerchant(api.db);
    const [answers, others] = await Promise.all([
      times(20, () => list(api)),
      times(5, () => list(api, { authorization })),
    ]);
    const left = (some: Response[]) => some.map(({ headers }) => /r=(\d+)/.exec(headers.ratelimit ?? "")?.[1]).sort();
    expect(left(answers)).toEqual([...Array(15).fill("0"), "1", "2", "3", "4", "5"]);
    expect(served(answers)).toBe(6);
    expect(left(others)).toEqual(["1", "2", "3", "4", "5"]);
  });

  test("are counted for all processes together", async () => {
    const prefix = `test-shared-${process.pid}-${performance.now()}`.replace(".", "-");
    const one = await start({ rateLimits: SIX, prefix });
    const other = await start({ rateLimits: SIX, prefix, databaseUrl: one.databaseUrl });
    const { authorization } = one;
    for (let i = 0; i < 3; i++) {
      expect((await list(one)).status).toBe(200);
      expect((await list(other, { authorization })).status).toBe(200);
    }
    expect((await list(one)).status).toBe(429);
    expect((await list(other, { authorization })).status).toBe(429);
  });

  test("leave other keys theirs, also another of the same merchant", async () => {
    const api = await start({ rateLimits: SIX });
    await times(10, () => list(api));
    const second = `Bearer ${await addApiKey(api.db, api.merchantId, "secret")}`;
    const { authorization } = await addMerchant(api.db);
    expect((await list(api, { authorization: second })).status).toBe(200);
    expect((await list(api, { authorization })).status).toBe(200);
    expect((await list(api)).status).toBe(429);
  });

  test("are no more than others where there is no limit", async () => {
    const api = await start({ rateLimits: { ...SIX, secretKeyPerSecond: 0 } });
    const answers = await times(20, () => list(api));
    expect(served(answers)).toBe(20);
    expect(answers[0]?.headers).not.toHaveProperty("ratelimit");
  });
});

describe("a publishable key", () => {
  test("is counted for each address, and the page may read the 429", async () => {
    const api = await start({ rateLimits: SIX, trustProxyHops: 1 });
    const shop = await openShop(api);
    const pay = (address: string) => shop.pay(VALID, { "X-Forwarded-For": `203.0.113.9, ${address}` });
    expect(served(await times(10, () => pay("192.0.2.1")))).toBe(6);
    expect((await pay("192.0.2.2")).status).toBe(202);
    const refused = await pay("192.0.2.1");
    expectProblem(refused, 429, "rate_limited");
    expect(refused.headers["access-control-allow-origin"]).toBe(shop.page.Origin);
    expect((await list(api)).status).toBe(200);
  });

  test("is counted for one address where callers only say that they have others", async () => {
    const api = await start({ rateLimits: SIX });
    const shop = await openShop(api);
    let i = 0;
    const answers = await times(10, () => shop.pay(VALID, { "X-Forwarded-For": `192.0.2.${i++}` }));
    expect(served(answers)).toBe(6);
  });
});

describe("requests without a valid key", () => {
  test("are counted by address, and in the end answered 429; whoever has a key there is not held up", async () => {
    const api = await start({ rateLimits: SIX });
    const guesses = await times(10, () => list(api, { authorization: "Bearer sk_test_guess" }));
    expect(statuses(guesses)).toEqual([...Array(6).fill(401), ...Array(4).fill(429)]);
    expectProblem(await request(api.url).get("/v1/payments"), 429, "rate_limited");
    expect((await list(api)).status).toBe(200);
  });

  test("are preflights among them, which have a limit of their own", async () => {
    const api = await start({ rateLimits: SIX });
    const shop = await openShop(api);
    const ask = () =>
      request(api.url)
        .options("/v1/payments")
        .set({ Origin: shop.page.Origin, "Access-Control-Request-Method": "POST" });
    expect(statuses(await times(10, ask))).toEqual([...Array(6).fill(204), ...Array(4).fill(429)]);
    expect((await shop.pay()).status).toBe(202);
  });
});

describe("while Redis is away", () => {
  test("requests are served, counted by each process for itself, and a metric says so; afterwards together again", async () => {
    const { api, proxy } = await startBehindProxy({ rateLimits: SIX });
    await until(async () => (await list(api)).status === 200 && (await counted(api)) === 0);
    proxy.cut();
    const { authorization } = await addMerchant(api.db);
    expect(served(await times(10, () => list(api, { authorization })))).toBe(6);
    expect(await counted(api)).toBe(10);
    proxy.restore();
    // Counted by Redis again: it knows nothing of the six.
    await until(async () => {
      const before = await counted(api);
      expect((await list(api, { authorization: (await addMerchant(api.db)).authorization })).status).toBe(200);
      return (await counted(api)) === before;
    });
    expect((await list(api, { authorization })).status).toBe(200);
  });

  test("it being silent is found out once, and then nobody waits for it", async () => {
    const { api, proxy } = await startBehindProxy({ rateLimits: SIX, redisTimeoutMs: 100 });
    await until(async () => (await list(api)).status === 200 && (await counted(api)) === 0);
    proxy.hang();
    expect((await list(api)).status).toBe(200);
    expect(await counted(api)).toBe(1);
    expect(served(await times(3, () => list(api)))).toBe(3);
    expect(await counted(api)).toBe(4);
  });

  test("it being silent is asked for nothing more, for a while", async () => {
    let asked = 0;
    const rlflxIncr = () => {
      asked += 1;
      return new Promise(() => {});
    };
    const silent = { status: "ready", defineCommand() {}, rlflxIncr } as unknown as Redis;
    const limits = createRateLimits(silent, SIX, { prefix: "test", registry: new Registry(), timeoutMs: 10 });
    const answer = { setHeader() {} } as unknown as express.Response;
    for (let i = 0; i < 5; i++) await limits.secretKey("key_1", answer);
    expect(asked).toBe(1);
  });

  test("payments are taken from its start on", async () => {
    const api = await start({ rateLimits: SIX, redisUrl: "redis://127.0.0.1:1" });
    expect((await api.post()).status).toBe(202);
    expect(await counted(api)).toBe(1);
  });
});
