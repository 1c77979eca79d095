import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { claimHome, HomeTakenError, whoRuns } from "./home-claim.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import { processIdentity } from "./process-identity.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "payonce-claim-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const nobody = {
  api: [],
  relay: [],
  notifier: [],
  charger: [],
  ops: [],
  checkout: [],
  simulator: [],
  postgres: [],
  redis: [],
};
const quiet = () => {};

function spawnSleeper(): number {
  const sleeper = spawn("sleep", ["60"], { stdio: "ignore", detached: true });
  sleeper.unref();
  return sleeper.pid as number;
}

/** What a supervisor leaves behind that was killed while it ran these. */
function leaveRunning(processes: { name: string; pid: number; identity: string | undefined }[]): void {
  writeJsonFile(join(home, "running.json"), {
    supervisor: { pid: process.pid, identity: "started long ago" },
    processes,
  });
}

test("a second stack in one home is refused, with the pid of the first", async () => {
  const claim = await claimHome(home, quiet);
  expect(whoRuns(home)).toBe(process.pid);
  const refusal = await claimHome(home, quiet).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(HomeTakenError);
  expect((refusal as Error).message).toContain(`pid ${process.pid}`);
  claim.release();
  expect(whoRuns(home)).toBeUndefined();
});

test("of two that start at once only one gets the home", async () => {
  const claims = await Promise.allSettled([claimHome(home, quiet), claimHome(home, quiet)]);
  expect(claims.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

test("stops what a killed stack has left running", async () => {
  const pid = spawnSleeper();
  leaveRunning([{ name: "relay", pid, identity: processIdentity(pid) }]);
  const said: string[] = [];
  await claimHome(home, (line) => said.push(line));
  expect(processIdentity(pid)).toBeUndefined();
  expect(said.join()).toContain(`relay ${pid}`);
});

test("leaves a process alone that merely got the pid of one that is gone", async () => {
  const pid = spawnSleeper();
  try {
    leaveRunning([{ name: "relay", pid, identity: "started long ago" }]);
    await claimHome(home, quiet);
    expect(processIdentity(pid)).toBeDefined();
  } finally {
    process.kill(pid, "SIGKILL");
  }
});

test("writes down what runs, so that it can be found again", async () => {
  const pid = spawnSleeper();
  try {
    const claim = await claimHome(home, quiet);
    claim.record({ ...nobody, charger: [pid] });
    expect(readJsonFile(join(home, "running.json"))).toMatchObject({
      processes: [{ name: "charger", pid, identity: processIdentity(pid) }],
    });
  } finally {
    process.kill(pid, "SIGKILL");
  }
});
