import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "@payonce/db";
import { type Actor, addOperator, createOperatorToken, type Operator, type Role } from "@payonce/db/operations";
import { createTestDatabase } from "@payonce/db/testing";
import { closeServer, createHttpServer } from "@payonce/http";
import { connectRedisForPublishing, createLogger } from "@payonce/service";
import type { Express } from "express";
import type { Redis } from "ioredis";
import { Registry } from "prom-client";
import request, { type Response, type Test } from "supertest";
import { csrfTokenOf } from "./access/csrf-token.ts";
import { createPasswords, type Passwords } from "./access/passwords.ts";
import type { SignInLimits } from "./access/throttle-sign-ins.ts";
import { createApp } from "./app.ts";
import { startBulkRunner } from "./bulk-runner.ts";

/** The least that Argon2 takes: tests are not about its cost. */
export const CHEAP = { memoryKib: 8, iterations: 1, parallelism: 1 };

/** Every operator's, unless said otherwise. */
export const PASSWORD = "a test's own password";

/** As who the operators of tests are made. */
export const TEST_ACTOR: Actor = { operatorId: null, name: "cli:test", via: "cli" };

export interface TestOpsOptions {
  /** What browsers are told to use instead of the test's own address. With https the cookies are Secure. */
  publicUrl?: string;
  /** With 1, `X-Forwarded-For` says where a request comes from. */
  trustProxyHops?: number;
  signInLimits?: Partial<SignInLimits>;
  /** Instead of those that cost little. */
  passwords?: Passwords;
  maxRequestsInFlight?: number;
  /** Instead of the tests' Redis: of one that is away, or hangs. */
  redisUrl?: string;
  /** Bulk runs that are started are also worked off. */
  hasBulkRunner?: boolean;
}

type Headers = Record<string, string>;
type Fields = Record<string, string | string[]>;

/** A browser in which somebody is signed in. */
export interface Agent {
  operator: Operator;
  /** As a `Cookie` header. */
  cookie: string;
  /** As the hidden field `_csrf` has it. */
  csrf: string;
  /** As when a person opens a page. */
  get(path: string, headers?: Headers): Test;
  /** As when a form of ours is sent. An `_csrf` among the fields takes the place of the right one. */
  post(path: string, fields?: Fields, headers?: Headers): Test;
  /** As when a script of ours asks, with whatever method. */
  send(method: "get" | "post" | "put" | "patch" | "delete" | "options", path: string, headers?: Headers): Test;
}

export type TestOps = Awaited<ReturnType<typeof startTestOps>>;

/**
 * The console as `main.ts` puts it together, on a free port, with a database and a Redis prefix of its own. `stop` fails when
 * it left a connection open.
 */
export async function startTestOps(options: TestOpsOptions = {}) {
  const { redisUrl = process.env.TEST_REDIS_URL ?? "", hasBulkRunner = false } = options;
  const { passwords = createPasswords(CHEAP) } = options;
  const { db, drop } = await createTestDatabase();
  const lines: string[] = [];
  const logger = createLogger("ops", "info", { write: (line) => lines.push(line) });
  const registry = new Registry();
  const prefix = `test-${randomBytes(6).toString("hex")}`;
  const redis = connectRedisForPublishing(redisUrl, createLogger("redis", "silent"));
  if (redisUrl === process.env.TEST_REDIS_URL) await once(redis, "ready");
  const bulkRunner = hasBulkRunner ? startBulkRunner(db.pool, logger) : undefined;

  let app: Express | undefined;
  const server = createHttpServer((incoming, response) => app?.(incoming, response), logger);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const { publicUrl = url, trustProxyHops = 0, signInLimits = {}, maxRequestsInFlight = 1_000 } = options;
  const limits = { signInLimits, maxRequestsInFlight };
  app = createApp({ db, redis, prefix, logger, registry, publicUrl, trustProxyHops, passwords, ...limits });

  const browser = createTestBrowser(url, publicUrl);
  const operators = new Map<Role, Promise<Operator>>();
  /** The one operator of a role, whose name is the role's. */
  const operatorOf = (role: Role) => {
    const made = operators.get(role) ?? addTestOperator(db, role);
    operators.set(role, made);
    return made;
  };

  return {
    url,
    port,
    publicUrl,
    db,
    redis,
    prefix,
    registry,
    passwords,
    server,
    /** What was logged, a JSON text each. */
    lines,
    ...browser,
    operatorOf,
    /** Signs the operator of this role in, in a browser of its own. */
    async signIn(role: Role): Promise<Agent> {
      const operator = await operatorOf(role);
      const answer = await browser.trySignIn({ username: operator.username, password: PASSWORD });
      if (answer.status !== 303) throw new Error(`could not sign in: ${answer.status} ${answer.text}`);
      return browser.agentOf(operator, answer);
    },
    /** A token of the operator of this role, for `Authorization: Bearer …`. */
    async token(role: Role): Promise<string> {
      const { username } = await operatorOf(role);
      const made = await createOperatorToken(db.pool, TEST_ACTOR, { username, reason: "a test" });
      return made?.token ?? "";
    },
    async stop() {
      await closeServer(server);
      await bulkRunner?.close();
      if (redis.status === "ready") await forgetKeys(redis, prefix);
      redis.disconnect();
      await drop();
    },
  };
}

/** Adds an operator with PASSWORD, and the role's name unless another is given. */
export async function addTestOperator({ pool }: Database, role: Role, username: string = role): Promise<Operator> {
  const passwordHash = await createPasswords(CHEAP).hash(PASSWORD);
  const operator = await addOperator(pool, TEST_ACTOR, { username, role, passwordHash, reason: "a test" });
  if (!operator) throw new Error(`there is an operator ${username} already`);
  return operator;
}

/** Waits for a condition that comes about soon, instead of guessing when. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`did not happen within ${withinMs} ms: ${condition}`);
    await delay(5);
  }
}

/** The cookies that an answer sets, by name; one that is taken away is an empty text. */
export function cookiesOf(answer: Response): Record<string, string> {
  const set = (answer.headers["set-cookie"] ?? []) as unknown as string[];
  return Object.fromEntries(set.map((line) => (line.split(";")[0] ?? "").split(/=(.*)/s).slice(0, 2)));
}

interface SignInTry {
  username: string;
  password: string;
  next?: string;
  /** For both requests, that of the form and the one that sends it. */
  headers?: Headers;
  /** Cookies that the browser has already. */
  cookies?: Record<string, string>;
}

function createTestBrowser(url: string, publicUrl: string) {
  const sessionName = publicUrl.startsWith("https://") ? "__Host-payonce_ops" : "payonce_ops";
  const origin = new URL(publicUrl).origin;
  const toHeader = (cookies: Record<string, string>) =>
    Object.entries(cookies)
      .filter(([, value]) => value !== "")
      .map(([name, value]) => `${name}=${value}`)
      .join("; ");

  /** The sign-in form as a browser has it that has loaded it: its cookies and its token. */
  const openSignIn = async (headers: Headers = {}, before: Record<string, string> = {}) => {
    const answer = await request(url)
      .get("/sign-in")
      .set({ Cookie: toHeader(before), ...headers });
    const cookies = { ...before, ...cookiesOf(answer) };
    return { cookies, csrf: csrfTokenOf(cookies[`${sessionName}_form`] ?? "") };
  };

  return {
    openSignIn,
    /** Loads the sign-in form, fills it in and sends it. */
    async trySignIn({ username, password, next = "/", headers = {}, cookies: before = {} }: SignInTry) {
      const { cookies, csrf } = await openSignIn(headers, before);
      return request(url)
        .post("/sign-in")
        .type("form")
        .set({ Origin: origin, Cookie: toHeader(cookies), ...headers })
        .send({ username, password, next, _csrf: csrf });
    },
    /** The browser after an answer that signed it in. */
    agentOf(operator: Operator, answer: Response): Agent {
      const token = cookiesOf(answer)[sessionName] ?? "";
      const cookie = `${sessionName}=${token}`;
      const csrf = csrfTokenOf(token);
      return {
        operator,
        cookie,
        csrf,
        get: (path, headers = {}) =>
          request(url)
            .get(path)
            .set({ Cookie: cookie, ...headers }),
        post: (path, fields = {}, headers = {}) =>
          request(url)
            .post(path)
            .type("form")
            .set({ Cookie: cookie, Origin: origin, ...headers })
            .send({ _csrf: csrf, ...fields }),
        send: (method, path, headers = {}) =>
          request(url)
            [method](path)
            .set({ Cookie: cookie, Origin: origin, "X-CSRF-Token": csrf, "Sec-Fetch-Dest": "empty", ...headers }),
      };
    },
  };
}

async function forgetKeys(redis: Redis, prefix: string): Promise<void> {
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length > 0) await redis.del(...keys);
}
