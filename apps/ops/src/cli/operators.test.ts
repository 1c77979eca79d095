import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { findOperatorByToken, findOperatorCredentials, hashOperatorToken } from "@payonce/db/operations";
import { createPasswords } from "../access/passwords.ts";
import { startTestCli, type TestCli } from "./test-cli.ts";

const PASSWORD = "a long enough password";

let cli: TestCli;
beforeAll(async () => {
  cli = await startTestCli();
});
afterAll(() => cli.drop());

const add = (username: string, ...args: string[]) =>
  cli.runWith({ stdin: `${PASSWORD}\n` }, "operators", "add", username, "--role", "operator", "--reason", "x", ...args);
const knows = async (username: string, password: string) => {
  const found = await findOperatorCredentials(cli.db.pool, username);
  return createPasswords().verify(found?.passwordHash ?? null, password);
};

describe("a password", () => {
  test("that is generated is shown once, and works", async () => {
    const added = await add("gen", "--generate-password");
    expect(added).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("gen may sign in as operator.") });
    const password = /^Password \(shown this once\) +(\S{24})$/m.exec(added.stdout)?.[1] ?? "";
    expect(await knows("gen", password)).toBe(true);
    const kept = JSON.stringify(await cli.query("SELECT * FROM operators, audit_log"));
    expect(kept).not.toContain(password);
  });

  test("is read from standard input when asked to be, and shown nowhere", async () => {
    const added = await add("stdin", "--password-stdin", "--json");
    expect(added.json()).toMatchObject({ object: "operator", username: "stdin", role: "operator", added: true });
    expect(`${added.stdout}${added.stderr}`).not.toContain(PASSWORD);
    expect(await knows("stdin", PASSWORD)).toBe(true);
  });

  test("is asked for twice at a terminal, without showing it", async () => {
    const typed = ["a typed password 1\r", "a typed password 1\r"];
    const args = ["operators", "add", "tty", "--role", "viewer", "--reason", "x"];
    const added = await cli.runWith({ typed }, ...args);
    expect(added).toMatchObject({ exitCode: 0, stdout: "tty may sign in as viewer.\n" });
    expect(added.stderr).toBe("New password (12 characters or more): \nOnce more: \n");
    expect(await knows("tty", "a typed password 1")).toBe(true);
  });

  test("that was typed differently the second time, or given up, changes nothing", async () => {
    const set = ["operators", "set-password", "stdin", "--reason", "x"];
    const different = await cli.runWith({ typed: ["a typed password 1\r", "a typed password 2\r"] }, ...set);
    expect(different).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("not the same. Nothing was done."),
    });
    const givenUp = await cli.runWith({ typed: ["a typed\u0003"] }, ...set);
    expect(givenUp).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("Nothing was done.") });
    expect(await knows("stdin", PASSWORD)).toBe(true);
  });

  test("is no argument, and without a terminal there has to be another way", async () => {
    const args = ["operators", "add", "none", "--role", "viewer", "--reason", "x"];
    expect(await cli.run(...args)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--password-stdin") });
    expect(await cli.run(...args, "--password", PASSWORD)).toMatchObject({ exitCode: 2 });
    expect(await cli.runWith({ stdin: "short\n" }, ...args, "--password-stdin")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("at least 12 characters"),
    });
    expect(await findOperatorCredentials(cli.db.pool, "none")).toBeNull();
  });

  test("is changed", async () => {
    const args = ["operators", "set-password", "stdin", "--password-stdin", "--reason", "forgot it"];
    expect(await cli.runWith({ stdin: "another long password\n" }, ...args)).toMatchObject({ exitCode: 0 });
    expect(await knows("stdin", "another long password")).toBe(true);
    const missing = ["operators", "set-password", "nobody", "--generate-password", "--reason", "x", "--json"];
    expect((await cli.run(...missing)).json()).toMatchObject({ code: "operator_not_found" });
  });
});

test("a name that is taken is refused, unless one is only to be there", async () => {
  await add("taken", "--password-stdin");
  const refused = await add("taken", "--password-stdin", "--json");
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.json()).toMatchObject({ code: "operator_exists" });
  expect(await add("taken", "--password-stdin", "--if-missing")).toMatchObject({
    exitCode: 0,
    stdout: "taken is there already. Nothing was done.\n",
  });
  expect(await cli.query("SELECT 1 FROM audit_log WHERE after->>'username' = 'taken'")).toHaveLength(1);
});

test("an operator is disabled, enabled and given another role, and each is audited", async () => {
  await add("dana", "--password-stdin");
  const change = (...args: string[]) => cli.run("operators", ...args, "--reason", "for a test");
  expect(await change("disable", "dana")).toMatchObject({ exitCode: 0, stdout: "dana is disabled.\n" });
  expect((await cli.run("operators", "list")).stdout).toMatch(/^dana +operator +\S+Z +\S+Z$/m);
  expect(await change("enable", "dana")).toMatchObject({ exitCode: 0, stdout: "dana is enabled.\n" });
  expect(await change("set-role", "dana", "admin")).toMatchObject({ exitCode: 0, stdout: "dana is admin.\n" });
  expect((await cli.run("operators", "list")).stdout).toMatch(/^dana +admin +\S+Z +-$/m);
  expect(await cli.query("SELECT action FROM audit_log WHERE reason = 'for a test' ORDER BY id")).toEqual([
    { action: "disable_operator" },
    { action: "enable_operator" },
    { action: "set_role" },
  ]);
  expect(await change("disable", "nobody")).toMatchObject({ exitCode: 1, stdout: "" });
});

test("a token is shown once, works, and is refused once revoked", async () => {
  await add("script", "--password-stdin");
  const made = await cli.run("operators", "token", "script", "--reason", "nightly report", "--json");
  const { id, token } = made.json<{ id: string; token: string }>();
  const owner = () => findOperatorByToken(cli.db.pool, hashOperatorToken(token));
  expect(await owner()).toMatchObject({ username: "script", role: "operator" });
  const listed = await cli.run("operators", "tokens", "--operator", "script");
  expect(listed.stdout).toMatch(new RegExp(`^${id} +script +opt_\\S{8}… `, "m"));
  expect(listed.stdout).not.toContain(token);

  const revoke = () => cli.run("operators", "revoke-token", id, "--reason", "no longer needed");
  expect(await revoke()).toMatchObject({ exitCode: 0, stdout: `${id} is refused from now on.\n` });
  expect(await revoke()).toMatchObject({ exitCode: 0, stdout: `${id} was revoked already.\n` });
  expect(await owner()).toBeNull();
  expect(await cli.run("operators", "token", "nobody", "--reason", "x")).toMatchObject({ exitCode: 1 });
});
