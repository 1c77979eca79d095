import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { processIdentity } from "./process-identity.ts";
import { type ProcessSpec, type Supervised, supervise, untilReady } from "./supervisor.ts";
import { waitUntil } from "./wait-until.ts";

let logsDir: string;
let started: Supervised[];

beforeEach(() => {
  logsDir = mkdtempSync(join(tmpdir(), "payonce-supervisor-"));
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((supervised) => supervised.stop()));
  rmSync(logsDir, { recursive: true, force: true });
});

function run(script: string, spec: Partial<ProcessSpec> = {}): Supervised {
  const supervised = supervise({
    name: "sample",
    command: process.execPath,
    args: ["-e", script],
    env: { PATH: process.env.PATH },
    cwd: logsDir,
    logsDir,
    ...spec,
  });
  started.push(supervised);
  return supervised;
}

// Not for ever: an interrupted test run stops nobody.
const livesOn = "console.log('up'); setTimeout(() => {}, 60_000)";
const isUp = (supervised: Supervised) => () => supervised.logTail() === "up";

test("starts a process again within 200 ms of its SIGKILL and tells its new pid", async () => {
  const pids: (number | undefined)[] = [];
  const supervised = run(livesOn, { onPid: (pid) => pids.push(pid) });
  const killed = supervised.pid as number;
  await waitUntil("it to be up", isUp(supervised), { timeoutMs: 5000 });
  const killedAtMs = Date.now();
  process.kill(killed, "SIGKILL");
  await waitUntil("its restart", () => supervised.pid !== undefined && supervised.pid !== killed, {
    timeoutMs: 5000,
    pollMs: 5,
  });
  expect(Date.now() - killedAtMs).toBeLessThan(1000);
  expect(pids).toEqual([killed, undefined, supervised.pid]);
  expect(supervised.lastDeath).toEqual({ reason: "SIGKILL", log: "up" });
});

test("keeps trying while a process keeps dying, but ever more slowly", async () => {
  const waits: number[] = [];
  const supervised = run("process.exit(3)", { onDeath: (_reason, restartInMs) => waits.push(restartInMs) });
  await waitUntil("three deaths", () => waits.length >= 3, { timeoutMs: 10_000 });
  expect(waits.slice(0, 3)).toEqual([100, 200, 400]);
  expect(supervised.lastDeath?.reason).toBe("exit code 3");
});

test("a stopped process is gone and stays gone", async () => {
  const pids: (number | undefined)[] = [];
  const supervised = run(livesOn, { onPid: (pid) => pids.push(pid) });
  const pid = supervised.pid as number;
  await Promise.all([supervised.stop(), supervised.stop()]);
  expect(processIdentity(pid)).toBeUndefined();
  expect(pids).toEqual([pid, undefined]);
  expect(supervised.lastDeath).toBeUndefined();
});

test("stops one that is about to be started again", async () => {
  const pids: (number | undefined)[] = [];
  const supervised = run("process.exit(1)", { onPid: (pid) => pids.push(pid) });
  await waitUntil("its death", () => pids.length === 2, { timeoutMs: 5000, pollMs: 1 });
  await supervised.stop();
  const known = pids.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(pids).toHaveLength(known);
});

test("kills a process that does not heed its stop signal, even a stopped one", async () => {
  const supervised = run(`process.on('SIGTERM', () => {}); ${livesOn}`, {
    stopSignals: [{ signal: "SIGTERM", waitMs: 200 }],
  });
  await waitUntil("it to be up", isUp(supervised), { timeoutMs: 5000 });
  const pid = supervised.pid as number;
  process.kill(pid, "SIGSTOP");
  await supervised.stop();
  expect(processIdentity(pid)).toBeUndefined();
});

test("shows the end of the log of a process that dies while it starts, and does not try again", async () => {
  const supervised = run("console.error('PORT must be a number'); process.exit(1)");
  await expect(untilReady(supervised, async () => false, { timeoutMs: 5000 })).rejects.toThrow(
    /sample ended while it was starting \(exit code 1\).*PORT must be a number/s,
  );
  expect(supervised.pid).toBeUndefined();
});

test("says so when a command cannot be started at all", async () => {
  const supervised = run("", { command: join(logsDir, "missing") });
  await expect(untilReady(supervised, async () => true, { timeoutMs: 5000 })).rejects.toThrow(/ENOENT/);
});

test("is not brought down by a Ctrl-C that the terminal sends to its parent's group", async () => {
  const supervised = run(livesOn);
  const groups = await import("node:child_process").then(({ execFileSync }) =>
    execFileSync("ps", ["-o", "pgid=", "-p", `${supervised.pid},${process.pid}`], { encoding: "utf8" })
      .trim()
      .split(/\s+/),
  );
  expect(new Set(groups).size).toBe(2);
});
