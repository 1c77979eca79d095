import { afterEach, describe, expect, test } from "@jest/globals";
import { setOperatorPasswordHash } from "@payonce/db/operations";
import type { Response } from "express";
import {
  CHEAP,
  cookiesOf,
  PASSWORD,
  startTestOps,
  TEST_ACTOR,
  type TestOps,
  type TestOpsOptions,
} from "../test-ops.ts";
import { createPasswords } from "./passwords.ts";
import { createSignInThrottle } from "./throttle-sign-ins.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Behind one proxy, which says where requests come from. */
async function start(options: TestOpsOptions = {}): Promise<TestOps> {
  const ops = await startTestOps({ trustProxyHops: 1, ...options });
  stops.push(ops.stop);
  for (const role of ["viewer", "operator", "admin"] as const) await ops.operatorOf(role);
  return ops;
}

const from = (address: string) => ({ "X-Forwarded-For": address });
const tryFrom = (ops: TestOps, address: string, username: string, password: string, cookies = {}) =>
  ops.trySignIn({ username, password, headers: from(address), cookies });

/** Fails `times` times, one after the other, and tells the statuses. */
async function fail(ops: TestOps, times: number, addressOf: (n: number) => string, username: string) {
  const statuses: number[] = [];
  for (let n = 0; n < times; n++) statuses.push((await tryFrom(ops, addressOf(n), username, `wrong ${n}`)).status);
  return statuses;
}

const ATTACKER = "203.0.113.1";
const HOME = "198.51.100.7";

describe("a flood from one address", () => {
  test("is stopped at its eleventh try, whatever names it tries, and told when to come back", async () => {
    const ops = await start();
    for (let n = 0; n < 10; n++) expect((await tryFrom(ops, ATTACKER, `name${n}`, "wrong")).status).toBe(401);
    const answer = await tryFrom(ops, ATTACKER, "name10", "wrong");
    expect(answer.status).toBe(429);
    const seconds = Number(answer.headers["retry-after"]);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(15 * 60);
    expect(answer.text).toMatch(/Try again in 1\d minutes/);
  });

  test("does not get in with the right password either, until the block ends", async () => {
    const ops = await start();
    await fail(ops, 11, () => ATTACKER, "admin");
    expect((await tryFrom(ops, ATTACKER, "admin", PASSWORD)).status).toBe(429);
  });

  test("leaves everybody else alone, the one whose name was tried among them", async () => {
    const ops = await start();
    // More than the name has: what is refused for its address does not use that up.
    await fail(ops, 35, () => ATTACKER, "admin");
    for (const name of ["admin", "operator", "viewer"])
      expect((await tryFrom(ops, HOME, name, PASSWORD)).status).toBe(303);
  });

  test("is counted, also when all of it comes at once", async () => {
    const ops = await start();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => tryFrom(ops, ATTACKER, "admin", `wrong ${n}`)),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(30).fill(429)]);
  });

  test("cannot clear its count by signing in with an account of its own", async () => {
    const ops = await start();
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) {
      statuses.push((await tryFrom(ops, ATTACKER, "admin", "wrong")).status);
      await tryFrom(ops, ATTACKER, "viewer", PASSWORD);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
  });

  test("cannot pretend to be many by what it writes into X-Forwarded-For", async () => {
    const behindProxy = await start();
    expect(await fail(behindProxy, 11, (n) => `10.0.0.${n}, ${ATTACKER}`, "admin")).toContain(429);
    const alone = await start({ trustProxyHops: 0 });
    expect(await fail(alone, 11, (n) => `10.0.0.${n}`, "admin")).toContain(429);
  });

  test("cannot walk through the addresses of its own IPv6 network", async () => {
    const ops = await start();
    expect(await fail(ops, 11, (n) => `2001:db8:1:2::${n}`, "admin")).toContain(429);
    expect((await tryFrom(ops, "2001:db8:1:3::1", "admin", PASSWORD)).status).toBe(303);
  });
});

describe("guesses at one name that are spread over addresses", () => {
  test("are stopped at the thirty-first, and other names are not", async () => {
    const ops = await start();
    const statuses = await fail(ops, 31, (n) => `203.0.113.${n}`, "admin");
    expect(statuses).toEqual([...Array(30).fill(401), 429]);
    expect((await tryFrom(ops, HOME, "operator", PASSWORD)).status).toBe(303);
    // A browser that this person never used before has to wait: it could be anybody's.
    expect((await tryFrom(ops, HOME, "admin", PASSWORD)).status).toBe(429);
  });

  test("are stopped for a name that is nobody's in the same way", async () => {
    const ops = await start({ signInLimits: { username: 2 } });
    expect(await fail(ops, 3, (n) => `203.0.113.${n}`, "nobody")).toEqual([401, 401, 429]);
  });

  test("do not lock the person out of a browser that they have used before", async () => {
    const ops = await start({ signInLimits: { username: 3 } });
    const before = await tryFrom(ops, HOME, "admin", PASSWORD);
    const known = { payonce_ops_browser: cookiesOf(before).payonce_ops_browser ?? "" };
    await fail(ops, 4, (n) => `203.0.113.${n}`, "admin");
    expect((await tryFrom(ops, HOME, "admin", PASSWORD)).status).toBe(429);
    expect((await tryFrom(ops, HOME, "admin", PASSWORD, known)).status).toBe(303);
    // Not even behind the address that the flood comes from.
    await fail(ops, 11, () => ATTACKER, "operator");
    expect((await tryFrom(ops, ATTACKER, "admin", PASSWORD, known)).status).toBe(303);
  });
});

describe("a browser that was used before", () => {
  const knownOf = async (ops: TestOps, username: string) => {
    const { payonce_ops_browser = "" } = cookiesOf(await tryFrom(ops, HOME, username, PASSWORD));
    return payonce_ops_browser;
  };

  test("may guess no longer than others", async () => {
    const ops = await start();
    const cookies = { payonce_ops_browser: await knownOf(ops, "admin") };
    const statuses: number[] = [];
    for (let n = 0; n < 11; n++)
      statuses.push((await tryFrom(ops, `203.0.113.${n}`, "admin", "wrong", cookies)).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
    expect((await tryFrom(ops, HOME, "admin", PASSWORD)).status).toBe(303);
  });

  test("is known for its own person only, by a seal that nobody can make, until the password changes", async () => {
    const ops = await start({ signInLimits: { username: 1 } });
    const [admins, operators] = [await knownOf(ops, "admin"), await knownOf(ops, "operator")];
    await fail(ops, 2, (n) => `203.0.113.${n}`, "admin");
    const number = admins.split(".")[0];
    for (const wrong of [operators, `${number}.${operators.split(".")[1]}`, admins.slice(0, -1), `${admins}A`, ""]) {
      const cookies = { payonce_ops_browser: wrong };
      expect((await tryFrom(ops, HOME, "admin", PASSWORD, cookies)).status).toBe(429);
    }
    const cookies = { payonce_ops_browser: admins };
    expect((await tryFrom(ops, HOME, "admin", PASSWORD, cookies)).status).toBe(303);
    await setOperatorPasswordHash(ops.db.pool, TEST_ACTOR, "admin", await ops.passwords.hash(PASSWORD), "-");
    expect((await tryFrom(ops, HOME, "admin", PASSWORD, cookies)).status).toBe(429);
  });

  test("is not signed in by that", async () => {
    const ops = await start();
    const known = await knownOf(ops, "admin");
    const agent = ops.agentOf(await ops.operatorOf("admin"), await tryFrom(ops, HOME, "admin", "wrong"));
    expect((await agent.get("/", { Cookie: `payonce_ops_browser=${known}` })).status).toBe(303);
  });
});

test("neither names nor passwords are kept with the counts", async () => {
  const ops = await start();
  await tryFrom(ops, ATTACKER, "admin", "wrong");
  await tryFrom(ops, ATTACKER, "my secret password", "");
  const { rows } = await ops.db.pool.query("SELECT key FROM login_failures ORDER BY key");
  expect(rows).toHaveLength(3);
  expect(JSON.stringify(rows)).not.toMatch(/admin|secret/);
});

test("while Redis is away, people sign in and floods are stopped", async () => {
  const ops = await start({ redisUrl: "redis://127.0.0.1:1" });
  expect(await fail(ops, 11, () => ATTACKER, "admin")).toContain(429);
  expect((await tryFrom(ops, HOME, "admin", PASSWORD)).status).toBe(303);
});

test("a block holds in every process, and ends when its time is over, however often it is run against", async () => {
  const ops = await start();
  const attempt = { address: ATTACKER, username: "admin", knownBrowser: null };
  const headers = new Map<string, unknown>();
  const response = { setHeader: (name: string, value: unknown) => headers.set(name, value) } as unknown as Response;
  const startProcess = () => createSignInThrottle(ops.db.pool, { address: 1 });
  const [first, second] = [startProcess(), startProcess()];
  await first.take(attempt, response);
  for (const throttle of [first, second, first, second, startProcess()])
    await expect(throttle.take(attempt, response)).rejects.toMatchObject({ code: "too_many_sign_ins" });
  expect(Number(headers.get("Retry-After"))).toBeLessThanOrEqual(15 * 60);
  // A quarter of an hour later, counted from the first try.
  await ops.db.pool.query("UPDATE login_failures SET expire = expire - 15 * 60 * 1000");
  await startProcess().take(attempt, response);
});

test("what could not be looked at, because too many sign in at once, is not counted as failed", async () => {
  const ops = await start({ passwords: createPasswords(CHEAP, { running: 0, waiting: 0 }) });
  const answer = await tryFrom(ops, HOME, "admin", PASSWORD);
  expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "1"]);
  const { rows } = await ops.db.pool.query(
    "SELECT sum(points)::int AS points, count(*)::int AS keys FROM login_failures",
  );
  expect(rows).toEqual([{ points: 0, keys: 2 }]);
});
