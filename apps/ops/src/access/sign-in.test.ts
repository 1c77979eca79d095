import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  disableOperator,
  enableOperator,
  findOperatorCredentials,
  setOperatorPasswordHash,
  setOperatorRole,
} from "@payonce/db/operations";
import argon2 from "argon2";
import request, { type Response } from "supertest";
import {
  type Agent,
  addTestOperator,
  CHEAP,
  cookiesOf,
  PASSWORD,
  startTestOps,
  TEST_ACTOR,
  type TestOps,
} from "../test-ops.ts";
import { randomToken } from "./random-token.ts";

let ops: TestOps;
beforeAll(async () => {
  // Others than the throttle are tested here.
  ops = await startTestOps({ signInLimits: { address: 10_000, username: 10_000 } });
});
afterAll(() => ops.stop());

/** A page that is nowhere: 404 for whoever is signed in. */
const isSignedIn = async (agent: Pick<Agent, "get">) => (await agent.get("/nowhere")).status === 404;
const withCookie = (cookie: string) => ({ get: (path: string) => request(ops.url).get(path).set("Cookie", cookie) });
const letPass = (minutes: number) =>
  ops.db.pool.query(
    `UPDATE operator_sessions SET last_seen_at = last_seen_at - $1 * interval '1 minute', expires_at = expires_at - $1 * interval '1 minute'`,
    [minutes],
  );

describe("whoever knows name and password", () => {
  test("is signed in", async () => {
    expect(await isSignedIn(await ops.signIn("viewer"))).toBe(true);
  });

  test("may write the name in capitals, and blanks around it", async () => {
    const { username } = await ops.operatorOf("viewer");
    const answer = await ops.trySignIn({ username: `  ${username.toUpperCase()} `, password: PASSWORD });
    expect(answer.status).toBe(303);
  });

  test("may have a keyboard that writes the same letters otherwise", async () => {
    const { username } = await addTestOperator(ops.db, "viewer", "zoe");
    const composed = "caf\u00e9 au lait, s'il vous pla\u00eet";
    await setOperatorPasswordHash(ops.db.pool, TEST_ACTOR, username, await ops.passwords.hash(composed), "-");
    const answer = await ops.trySignIn({ username, password: composed.normalize("NFD") });
    expect(answer.status).toBe(303);
  });

  test("comes to where they wanted to go", async () => {
    const { username } = await ops.operatorOf("viewer");
    const next = "/payments?search=order-1&reason=a%20b";
    expect((await ops.trySignIn({ username, password: PASSWORD, next })).headers.location).toBe(next);
    const agent = await ops.signIn("viewer");
    const again = await agent.get(`/sign-in?next=${encodeURIComponent(next)}`);
    expect([again.status, again.headers.location]).toEqual([303, next]);
  });

  test("is not led to another site", async () => {
    const { username } = await ops.operatorOf("viewer");
    const answer = await ops.trySignIn({ username, password: PASSWORD, next: "//evil.example/" });
    expect(answer.headers.location).toBe("/");
    const form = await request(ops.url).get("/sign-in?next=//evil.example/");
    expect(form.text).not.toContain("evil");
  });
});

describe("a sign-in that fails", () => {
  const plain = (answer: Response, username: string) => ({
    status: answer.status,
    headers: Object.keys(answer.headers)
      .filter((name) => name !== "content-length")
      .sort(),
    text: answer.text.replaceAll(username, "NAME").replace(/(name="_csrf" value=")[^"]*/, "$1"),
  });

  test("says the same, whether the name is unknown, the password wrong, or the operator disabled", async () => {
    const { username } = await addTestOperator(ops.db, "viewer", "gone");
    await disableOperator(ops.db.pool, TEST_ACTOR, username, "-");
    const password = "not the right one";
    const wrong = plain(await ops.trySignIn({ username: "viewer", password }), "viewer");
    expect(wrong.status).toBe(401);
    expect(plain(await ops.trySignIn({ username: "nobody", password }), "nobody")).toEqual(wrong);
    expect(plain(await ops.trySignIn({ username, password }), username)).toEqual(wrong);
    expect(plain(await ops.trySignIn({ username, password: PASSWORD }), username)).toEqual(wrong);
  });

  test.each([
    ["an empty password", { username: "viewer", password: "" }],
    ["no name", { username: "", password: PASSWORD }],
    ["a name that is none", { username: "'; --\u0000", password: PASSWORD }],
    ["a longer password than there is", { username: "viewer", password: `${PASSWORD} ` }],
    ["the password in other letters", { username: "viewer", password: PASSWORD.toUpperCase() }],
  ])("does so with %s", async (_what, fields) => {
    const answer = await ops.trySignIn(fields);
    expect(answer.status).toBe(401);
    expect(cookiesOf(answer)).not.toHaveProperty("payonce_ops");
  });

  test("does not repeat what was typed for a name, unless it can be one", async () => {
    const answer = await ops.trySignIn({ username: "My Secret Password!", password: "x" });
    expect(answer.text).not.toMatch(/my secret/i);
  });

  test("does so when a field comes twice", async () => {
    const { cookies, csrf } = await ops.openSignIn();
    const answer = await request(ops.url)
      .post("/sign-in")
      .set({
        Origin: ops.url,
        Cookie: `payonce_ops_form=${cookies.payonce_ops_form}`,
        "Content-Type": "application/x-www-form-urlencoded",
      })
      .send(`username=viewer&password=${encodeURIComponent(PASSWORD)}&password=x&_csrf=${csrf}`);
    expect(answer.status).toBe(401);
  });
});

describe("a session", () => {
  test("never begins under a token that the browser brought along", async () => {
    const { username } = await ops.operatorOf("viewer");
    const planted = randomToken();
    const answer = await ops.trySignIn({ username, password: PASSWORD, cookies: { payonce_ops: planted } });
    const token = cookiesOf(answer).payonce_ops;
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(token).not.toBe(planted);
    expect(await isSignedIn(withCookie(`payonce_ops=${planted}`))).toBe(false);
  });

  test("takes the place of the one that the browser had, which is over", async () => {
    const { username } = await ops.operatorOf("viewer");
    const attackers = await ops.signIn("operator");
    const before = attackers.cookie.split("=")[1] ?? "";
    // The form is not shown to whoever is signed in, so the browser has loaded it before.
    const { cookies } = await ops.openSignIn();
    const answer = await ops.trySignIn({
      username,
      password: PASSWORD,
      cookies: { ...cookies, payonce_ops: before },
    });
    expect(answer.status).toBe(303);
    expect(await isSignedIn(attackers)).toBe(false);
  });

  test("gets a new token with every sign-in", async () => {
    const agents = await Promise.all([ops.signIn("viewer"), ops.signIn("viewer"), ops.signIn("viewer")]);
    expect(new Set(agents.map(({ cookie }) => cookie)).size).toBe(3);
  });

  test("is not kept in the clear", async () => {
    const { cookie } = await ops.signIn("viewer");
    const { rows } = await ops.db.pool.query("SELECT encode(token_hash, 'escape') AS token FROM operator_sessions");
    expect(JSON.stringify(rows)).not.toContain(cookie.split("=")[1]);
  });

  test("is over after the sign-out, also for a cookie that was kept", async () => {
    const agent = await ops.signIn("viewer");
    const another = await ops.signIn("viewer");
    const answer = await agent.post("/sign-out");
    expect([answer.status, answer.headers.location]).toEqual([303, "/sign-in"]);
    expect(cookiesOf(answer).payonce_ops).toBe("");
    expect(await isSignedIn(agent)).toBe(false);
    expect((await agent.post("/sign-out")).headers.location).toBe("/sign-in");
    expect(await isSignedIn(another)).toBe(true);
  });

  test("is over after half an hour in which the person did nothing, whatever the page asked meanwhile", async () => {
    const agent = await ops.signIn("viewer");
    await letPass(20);
    expect((await agent.get("/nowhere", { "HX-Request": "true" })).status).toBe(404);
    expect((await agent.send("get", "/nowhere")).status).toBe(404);
    expect((await agent.get("/queues/api/queues")).status).toBe(200);
    await letPass(11);
    expect(await isSignedIn(agent)).toBe(false);
  });

  test("is over after twelve hours of work", async () => {
    const agent = await ops.signIn("viewer");
    for (let times = 0; times < 35; times++) {
      await letPass(20);
      expect(await isSignedIn(agent)).toBe(true);
    }
    await letPass(20);
    expect(await isSignedIn(agent)).toBe(false);
  });

  test.each([
    ["is disabled", (name: string) => disableOperator(ops.db.pool, TEST_ACTOR, name, "-")],
    ["gets another role", (name: string) => setOperatorRole(ops.db.pool, TEST_ACTOR, name, "viewer", "-")],
    [
      "gets another password",
      async (name: string) =>
        setOperatorPasswordHash(ops.db.pool, TEST_ACTOR, name, await ops.passwords.hash("another password"), "-"),
    ],
  ])("is over at once when the operator %s", async (what, change) => {
    const operator = await addTestOperator(ops.db, "admin", what.replaceAll(" ", "-"));
    const { username } = operator;
    const agent = ops.agentOf(operator, await ops.trySignIn({ username, password: PASSWORD }));
    expect(await isSignedIn(agent)).toBe(true);
    await change(username);
    expect(await isSignedIn(agent)).toBe(false);
  });

  test("is not found by a part of its token, or by its hash", async () => {
    const { cookie } = await ops.signIn("viewer");
    const { rows } = await ops.db.pool.query("SELECT encode(token_hash, 'hex') AS hash FROM operator_sessions");
    for (const wrong of [
      cookie.slice(0, -1),
      `${cookie}A`,
      `payonce_ops=${rows[0].hash}`,
      "payonce_ops=",
      "payonce_ops=%",
    ])
      expect(await isSignedIn(withCookie(wrong))).toBe(false);
  });
});

describe("whoever is not signed in", () => {
  test("has the sign-in page asked for once more by itself after a link from elsewhere, which brings no cookie", async () => {
    const ask = (site: string) => request(ops.url).get("/sign-in?next=/payments").set("Sec-Fetch-Site", site);
    for (const site of ["cross-site", "same-site"]) expect((await ask(site)).headers.refresh).toBe("0");
    for (const site of ["same-origin", "none"]) expect((await ask(site)).headers).not.toHaveProperty("refresh");
  });

  test("is sent to the sign-in, and comes back", async () => {
    const answer = await request(ops.url).get("/dead-letters?reason=no_progress");
    expect([answer.status, answer.headers.location]).toEqual([
      303,
      "/sign-in?next=%2Fdead-letters%3Freason%3Dno_progress",
    ]);
  });

  test("with a form that comes too late, is sent to the sign-in", async () => {
    const answer = await request(ops.url)
      .post("/payments/pay_1/retry")
      .set("Origin", ops.url)
      .type("form")
      .send({ a: "b" });
    expect([answer.status, answer.headers.location]).toEqual([303, "/sign-in"]);
  });

  test("in a live region, has the whole page led to the sign-in", async () => {
    const answer = await request(ops.url)
      .get("/overview/live")
      .set({ "HX-Request": "true", "HX-Current-URL": `${ops.url}/dead-letters?page=2` });
    expect(answer.status).toBe(401);
    expect(answer.headers["hx-redirect"]).toBe("/sign-in?next=%2Fdead-letters%3Fpage%3D2");
  });

  test.each([
    ["as the browser says", "/payments", { "Sec-Fetch-Dest": "empty" }],
    ["of the dashboard, whatever the browser says", "/queues/api/queues", {}],
  ])("in a script %s, gets 401 and not the sign-in page for an answer", async (_what, path, headers) => {
    const answer = await request(ops.url).get(path).set(headers);
    expect([answer.status, answer.headers.location]).toEqual([401, undefined]);
  });

  test("learns nothing about what there is", async () => {
    const paths = ["/", "/payments/pay_1", "/nowhere", "/sign-out", "/queues/", "/%2e%2e/", "//", "/Sign-In"];
    for (const path of paths) expect((await request(ops.url).get(path)).status).toBe(303);
  });
});

test("a hash with parameters of the past is made anew at the next sign-in", async () => {
  const { username } = await addTestOperator(ops.db, "viewer", "old");
  const old = await argon2.hash(PASSWORD, { memoryCost: 16, timeCost: 3, parallelism: 1 });
  await setOperatorPasswordHash(ops.db.pool, TEST_ACTOR, username, old, "-");
  expect((await ops.trySignIn({ username, password: "wrong" })).status).toBe(401);
  expect((await findOperatorCredentials(ops.db.pool, username))?.passwordHash).toBe(old);
  const answer = await ops.trySignIn({ username, password: PASSWORD });
  expect(answer.status).toBe(303);
  const { passwordHash = "" } = (await findOperatorCredentials(ops.db.pool, username)) ?? {};
  expect(passwordHash).toContain(`m=${CHEAP.memoryKib},`);
  expect(await isSignedIn(withCookie(`payonce_ops=${cookiesOf(answer).payonce_ops}`))).toBe(true);
  expect((await ops.trySignIn({ username, password: PASSWORD })).status).toBe(303);
});

test.each(["Payonce12345", "administrator", "changeme1234"])(
  "the password %s lets nobody in, however it was set",
  async (password) => {
    const { username } = await addTestOperator(ops.db, "admin", password.toLowerCase());
    await setOperatorPasswordHash(ops.db.pool, TEST_ACTOR, username, await ops.passwords.hash(password), "-");
    expect((await ops.trySignIn({ username, password })).status).toBe(401);
  },
);

test("an operator who is enabled again signs in anew", async () => {
  const { username } = await addTestOperator(ops.db, "viewer", "back");
  await disableOperator(ops.db.pool, TEST_ACTOR, username, "-");
  expect((await ops.trySignIn({ username, password: PASSWORD })).status).toBe(401);
  await enableOperator(ops.db.pool, TEST_ACTOR, username, "-");
  expect((await ops.trySignIn({ username, password: PASSWORD })).status).toBe(303);
});
