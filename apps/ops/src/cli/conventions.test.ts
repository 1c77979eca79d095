import { describe, expect, test } from "@jest/globals";
import type { Command } from "commander";
import { createCli } from "./cli.ts";
import { createProgram } from "./program.ts";
import { runCli } from "./run-cli.ts";
import type { Terminal } from "./terminal/terminal.ts";

const written = { stdout: "", stderr: "" };
const terminal: Terminal = {
  env: { PAYONCE_HOME: "/nonexistent" },
  stdin: process.stdin,
  stdout: { write: (text) => (written.stdout += text) },
  stderr: { write: (text) => (written.stderr += text) },
  onInterrupt: () => () => {},
};
const run = async (...args: string[]) => {
  Object.assign(written, { stdout: "", stderr: "" });
  return { exitCode: await runCli(args, terminal), ...written };
};

/** Every command that does something, as it is written. `reconcile` is another program's. */
const leaves = listLeaves(createProgram(createCli(terminal))).filter(({ path }) => path !== "reconcile");

function listLeaves(command: Command, path: string[] = []): { path: string; command: Command }[] {
  if (command.commands.length === 0) return [{ path: path.join(" "), command }];
  return command.commands.flatMap((child) => listLeaves(child, [...path, child.name()]));
}

const READS = [
  "doctor",
  "payments show",
  "payments list",
  "refunds show",
  "refunds list",
  "webhooks endpoints",
  "webhooks deliveries",
  "webhooks show",
  "origins list",
  "dead-letters list",
  "dead-letters groups",
  "dead-letters runs",
  "dead-letters follow",
  "anomalies list",
  "queues list",
  "outbox",
  "merchants list",
  "keys list",
  "operators list",
  "operators tokens",
];

test("every command explains itself, with an example that it would understand", async () => {
  expect(leaves.length).toBeGreaterThan(25);
  for (const { path } of leaves) {
    const help = await run(...path.split(" "), "--help");
    expect(help).toMatchObject({ exitCode: 0, stderr: "" });
    expect(help.stdout).toContain(`Usage: payonce ${path}`);
    expect(help.stdout).toContain("--json");
    const examples = help.stdout.split("Examples:\n")[1]?.match(/^ {2}payonce (.*\\\n)*.*$/gm) ?? [];
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) await expectToBeUnderstood(path, example);
  }
});

/** Nothing is done: there is no database. Whatever is written wrong is said before that. */
async function expectToBeUnderstood(path: string, example: string): Promise<void> {
  const words = example.replace(/\\\n/g, " ").match(/"[^"]*"|\S+/g) ?? [];
  const args = words.slice(1).map((word) => word.replace(/^"|"$/g, ""));
  expect(args.join(" ")).toContain(path);
  const { stderr } = await run(...args);
  expect({ example, stderr }).toEqual({
    example,
    stderr: expect.stringMatching(/is not set, and no local stack|no terminal/),
  });
}

test("every command that changes something asks why", async () => {
  const changes = leaves.filter(({ path }) => !READS.includes(path) && path !== "dead-letters retry");
  expect(leaves.length - changes.length).toBe(READS.length + 1);
  for (const { path, command } of changes) {
    const reason = command.options.find(({ long }) => long === "--reason");
    expect({ path, isMandatory: reason?.mandatory }).toEqual({ path, isMandatory: true });
  }
});

describe("what cannot be run ends with 2, and says how it is right", () => {
  test.each([
    [["nonsense"], "unknown command 'nonsense'"],
    [["payment", "list"], "Did you mean payments?"],
    [[], "Usage: payonce"],
    [["keys"], "Usage: payonce keys"],
    [["payments", "show"], "missing required argument 'payment'"],
    [["payments", "show", "pay_123"], "such as pay_01m814esw7e00bgbyj9j5g8yxa"],
    [["payments", "show", "pay_01m814esw7e00bgbyj9j5g8yxa", "more"], "too many arguments"],
    [["payments", "list", "--status", "paid"], "Allowed choices are queued, charging"],
    [["payments", "list", "--limit", "0"], "a whole number from 1 to 1000"],
    [["payments", "list", "--since", "2026-02-30"], "a day such as 2026-11-22"],
    [["payments", "list", "--order-reference", "a\u001bb"], "none of them a control character"],
    [["dead-letters", "list", "--older-than", "2 hours"], "such as 90s, 30m, 2h or 7d"],
    [["dead-letters", "list", "--known", "--unknown"], "cannot be used with"],
    [["payments", "cancel", "pay_01m814esw7e00bgbyj9j5g8yxa"], "--reason is missing: say why"],
    [["payments", "cancel", "pay_01m814esw7e00bgbyj9j5g8yxa", "--reason", "  "], "must say why"],
    [["operators", "add", "Dana", "--role", "admin", "--reason", "x"], "2 to 100 characters of a-z"],
    [["operators", "set-role", "dana", "boss", "--reason", "x"], "Allowed choices are viewer, operator, admin"],
    [["outbox"], "Set DATABASE_URL to that of the system"],
  ])("%j", async (args, says) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: "", stderr: expect.stringContaining(says) });
  });

  test("with --json, in a document too", async () => {
    const { exitCode, stdout } = await run("payments", "list", "--limit", "x", "--json");
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      code: "usage_error",
      detail: expect.stringContaining("from 1 to 1000"),
    });
  });

  test("and a wrong url is not repeated, because a password may be in it", async () => {
    terminal.env.DATABASE_URL = "mysql://root:secret@db/payonce";
    const { exitCode, stderr } = await run("outbox");
    delete terminal.env.DATABASE_URL;
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: "DATABASE_URL must be a postgresql:// url.\n" });
  });
});

test("says when Postgres is away, refuses, or was never migrated, and ends with 1", async () => {
  const admin = process.env.TEST_DATABASE_URL ?? "";
  const elsewhere = (path: string) => Object.assign(new URL(admin), { pathname: path }).href;
  for (const [url, says] of [
    ["postgresql://nobody@127.0.0.1:1/none", "Postgres cannot be asked: "],
    [elsewhere("/there_is_none"), "Postgres refuses the connection: "],
    [elsewhere("/postgres"), "The database lacks a migration: "],
  ]) {
    terminal.env.DATABASE_URL = url;
    expect(await run("outbox")).toEqual({ exitCode: 1, stdout: "", stderr: expect.stringContaining(says ?? "") });
  }
  delete terminal.env.DATABASE_URL;
});
