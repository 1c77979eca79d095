import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { setOperatorPasswordHash } from "@payonce/db/operations";
import request from "supertest";
import { addTestOperator, cookiesOf, PASSWORD, startTestOps, TEST_ACTOR, type TestOps, until } from "../test-ops.ts";

let ops: TestOps;
beforeAll(async () => {
  ops = await startTestOps({ signInLimits: { username: 2 } });
});
afterAll(() => ops.stop());

test("no line has a password, a cookie, a token, or what was typed for a name", async () => {
  const { username } = await addTestOperator(ops.db, "admin", "dana");
  const typed = "typed-by-mistake";
  const headers = { "User-Agent": typed, "X-Forwarded-For": typed };
  const signedIn = await ops.trySignIn({ username, password: PASSWORD, headers });
  const agent = ops.agentOf(await ops.operatorOf("viewer"), signedIn);
  const token = await ops.token("admin");
  for (let n = 0; n < 3; n++) await ops.trySignIn({ username: typed, password: typed });
  await ops.trySignIn({ username: `${typed}!`, password: typed });
  await agent.get(`/nowhere?token=${token}&password=${typed}`);
  await agent.get(`/payments/${token}`);
  await agent.post(`/payments/${encodeURIComponent(token)}/retry`, { reason: typed });
  await agent.post("/sign-out", { _csrf: typed });
  await request(ops.url).get("/ops/v1/payments").set("Authorization", `Bearer ${token}`);
  await request(ops.url).get(`/ops/v1/payments/${token}`).set("Authorization", `Bearer ${typed}`);
  await agent.post("/sign-out");
  await setOperatorPasswordHash(ops.db.pool, TEST_ACTOR, username, await ops.passwords.hash("changeme1234"), "-");
  await ops.trySignIn({ username, password: "changeme1234" });
  await until(() => ops.lines.some((line) => line.includes("signed out") && line.includes("operatorId")));

  const { payonce_ops = "", payonce_ops_browser = "" } = cookiesOf(signedIn);
  const secrets = [typed, PASSWORD, "changeme1234", token, payonce_ops, payonce_ops_browser, agent.csrf, "argon2id"];
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(7);
    expect(ops.lines.filter((line) => line.includes(secret))).toEqual([]);
  }
});

test("each sign-in, and each one that is refused, is a line that says for whom, from where, and why not", async () => {
  const operator = await addTestOperator(ops.db, "viewer", "kim");
  ops.lines.length = 0;
  const { username } = operator;
  const answers = [
    await ops.trySignIn({ username, password: PASSWORD }),
    await ops.trySignIn({ username, password: "wrong" }),
    await ops.trySignIn({ username: "nobody", password: "wrong" }),
  ];
  const lines = ops.lines.map((line) => JSON.parse(line)).filter(({ msg }) => /sign/.test(msg));
  const common = { name: "ops", time: expect.any(String), address: "127.0.0.1" };
  const requestIds = answers.map(({ headers }) => headers["request-id"]);
  expect(lines).toEqual([
    { ...common, level: 30, msg: "signed in", operatorId: operator.id, requestId: requestIds[0] },
    {
      ...common,
      level: 40,
      msg: "sign-in refused",
      operatorId: operator.id,
      code: "credentials_invalid",
      requestId: requestIds[1],
    },
    { ...common, level: 40, msg: "sign-in refused", code: "credentials_invalid", requestId: requestIds[2] },
  ]);
});
