import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { expectProblem, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const reason = "joins the team";
const password = "three words and a number";
let made = 0;
let username: string;
beforeEach(() => {
  made += 1;
  username = `person-${made}`;
});

const add = (body: object = {}) =>
  api.as("admin").post("/operators", { username, role: "operator", password, reason, ...body });
const change = (id: string, action: string, body: object = {}) =>
  api.as("admin").post(`/operators/${id}/${action}`, { reason, ...body });
const signIn = async () => (await api.trySignIn({ username, password })).status;
const find = async () =>
  (await api.as("admin").get("/operators")).body.data.find((each: { username: string }) => each.username === username);

test("everybody learns who they are", async () => {
  for (const role of ["viewer", "operator", "admin"] as const) {
    const { id } = await api.operatorOf(role);
    expect((await api.as(role).get("/me")).body).toEqual({ id, object: "operator", username: role, role });
  }
});

describe("adding an operator", () => {
  test("lets somebody sign in, and is audited without the password", async () => {
    const answer = await add();
    expect([answer.status, answer.body]).toMatchObject([201, { username, role: "operator", disabled_at: null }]);
    expect(await find()).toEqual(answer.body);
    expect(await signIn()).toBe(303);
    expect(await api.auditOf(answer.body.id)).toEqual([{ actor: "admin", via: "api", action: "add_operator", reason }]);
    const stored = JSON.stringify(await api.query("SELECT * FROM audit_log WHERE target = $1", answer.body.id));
    for (const text of [stored, answer.text, ...api.lines]) expect(text).not.toContain(password);
  });

  test("is refused when the name is taken, and leaves the one there is as it is", async () => {
    const { body } = await add();
    expectProblem(await add({ password: "another password here", role: "admin" }), "operator_exists");
    expect(await find()).toEqual(body);
    expect(await signIn()).toBe(303);
  });

  test.each([
    ["username", "Dana"],
    ["username", "a"],
    ["username", "a b"],
    ["username", "dana\n"],
    ["username", null],
    ["role", "root"],
    ["role", undefined],
    ["password", "short"],
    ["password", "password1234"],
    ["password", "x".repeat(201)],
    ["password", "a long password \ud800"],
    ["password", 123456789012],
  ])("is refused with the %s %j", async (field, value) => {
    const answer = await add({ [field]: value });
    expectProblem(answer, "field_invalid", field);
    expect(answer.text).not.toContain("password1234");
    expect(await find()).toBeUndefined();
  });
});

describe("changing an operator", () => {
  test("disabling shuts out at once, enabling lets in again; twice is once", async () => {
    const { id } = (await add()).body;
    const { token } = (await change(id, "tokens")).body;
    for (let i = 0; i < 2; i++) {
      const answer = await change(id, "disable");
      expect([answer.status, answer.body.disabled_at]).toEqual([200, expect.any(String)]);
    }
    expectProblem(await api.withToken(token).get("/me"), "operator_token_invalid", "Authorization");
    expect(await signIn()).toBe(401);
    for (let i = 0; i < 2; i++) expect((await change(id, "enable")).body.disabled_at).toBeNull();
    expect((await api.withToken(token).get("/me")).status).toBe(200);
    expect(await signIn()).toBe(303);
    const actions = (await api.auditOf(id)).map(({ action }) => action);
    expect(actions).toEqual(["add_operator", "disable_operator", "enable_operator"]);
  });

  test("another role counts from the next request on", async () => {
    const { id } = (await add({ role: "viewer" })).body;
    const { token } = (await change(id, "tokens")).body;
    const list = () => api.withToken(token).get("/operators");
    expectProblem(await list(), "role_insufficient");
    expect((await change(id, "set_role", { role: "admin" })).body.role).toBe("admin");
    expect((await list()).status).toBe(200);
    expectProblem(await change(id, "set_role", { role: "root" }), "field_invalid", "role");
  });

  test("the last admin stays, whoever asks", async () => {
    const { id } = await api.operatorOf("admin");
    await api.query("UPDATE operators SET role = 'operator' WHERE role = 'admin' AND id <> $1", id);
    expectProblem(await change(id, "disable"), "last_admin");
    expectProblem(await change(id, "set_role", { role: "viewer" }), "last_admin");
    expect((await api.as("admin").get("/me")).body.role).toBe("admin");
    expect((await api.auditOf(id)).map(({ action }) => action)).toEqual(["add_operator"]);
  });
});

describe("a token", () => {
  test("is shown once, and acts as its operator until it is revoked; twice is once", async () => {
    const { id } = (await add()).body;
    const answer = await change(id, "tokens");
    const { token, ...rest } = answer.body;
    expect([answer.status, rest]).toMatchObject([201, { object: "operator_token", username, revoked_at: null }]);
    expect(token.startsWith(rest.prefix)).toBe(true);
    expect((await api.withToken(token).get("/me")).body.username).toBe(username);
    const list = await api.as("admin").get(`/operators/${id}/tokens`);
    expect(list.body.data).toMatchObject([{ ...rest, last_used_at: expect.any(String) }]);
    expect(list.text).not.toContain(token);
    for (let i = 0; i < 2; i++) {
      const revoked = await api.as("admin").post(`/operator_tokens/${rest.id}/revoke`, { reason });
      expect([revoked.status, revoked.body.revoked_at]).toEqual([200, expect.any(String)]);
    }
    expectProblem(await api.withToken(token).get("/me"), "operator_token_invalid", "Authorization");
    const actions = (await api.auditOf(rest.id)).map(({ action }) => action);
    expect(actions).toEqual(["create_operator_token", "revoke_operator_token"]);
    for (const line of api.lines) expect(line).not.toContain(token);
  });

  test("is not made for somebody who is disabled", async () => {
    const { id } = (await add()).body;
    await change(id, "disable");
    expectProblem(await change(id, "tokens"), "operator_not_found");
    expect((await api.as("admin").get(`/operators/${id}/tokens`)).body.data).toEqual([]);
  });
});
