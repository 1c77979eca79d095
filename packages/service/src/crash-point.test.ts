import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";

// Compiled, because it ends the process that it is in.
const compiled = new URL("../dist/crash-point.js", import.meta.url).href;
const program = `
import { crashPoint } from ${JSON.stringify(compiled)};
crashPoint("other");
crashPoint("settle.before");
console.log("went on");
`;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "payonce-test-crash-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function run(env: Record<string, string>) {
  const { signal, status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    env: { PATH: process.env.PATH, ...env },
    encoding: "utf8",
  });
  return { signal, status, stdout: stdout.trim(), stderr };
}

test("a crash point does nothing where no folder is named, nor where its file is not there", () => {
  writeFileSync(join(dir, "settle.before"), "");
  expect(run({})).toMatchObject({ status: 0, stdout: "went on" });
  rmSync(join(dir, "settle.before"));
  expect(run({ PAYONCE_CRASH_POINTS: dir })).toMatchObject({ status: 0, stdout: "went on" });
});

test("the first process to reach an armed crash point dies there, and no other after it", () => {
  writeFileSync(join(dir, "settle.before"), "");
  expect(run({ PAYONCE_CRASH_POINTS: dir })).toMatchObject({ signal: "SIGKILL", stdout: "" });
  expect(existsSync(join(dir, "settle.before"))).toBe(false);
  expect(run({ PAYONCE_CRASH_POINTS: dir })).toMatchObject({ status: 0, stdout: "went on" });
});

test("in production a process that has crash points does not start", () => {
  const ended = run({ PAYONCE_CRASH_POINTS: dir, NODE_ENV: "production" });
  expect(ended).toMatchObject({ status: 1, stdout: "" });
  expect(ended.stderr).toContain("must not be set in production");
});
