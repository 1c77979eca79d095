import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readStackFile, removeStackFile, type StackInfo, stackFilePath, writeStackFile } from "./stack-file.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "payonce-stack-file-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const info: StackInfo = {
  apiUrl: "http://127.0.0.1:3000",
  apiUrls: ["http://127.0.0.1:3000"],
  opsUrl: "http://127.0.0.1:3001",
  checkoutUrl: "http://127.0.0.1:3003",
  operator: { username: "admin", password: "one of many letters" },
  simulatorUrl: "http://127.0.0.1:3002",
  secretKey: "sk_test_1",
  publishableKey: "pk_test_1",
  databaseUrl: "postgres://127.0.0.1:20001/payonce",
  redisUrl: "redis://127.0.0.1:20002",
  metricsUrls: {},
  pids: {
    api: [1],
    relay: [2],
    charger: [3, 4],
    notifier: [],
    ops: [8],
    checkout: [9],
    simulator: [5],
    postgres: [],
    redis: [],
  },
  supervisorPid: 6,
};

test("gives back what was written last, and nothing once removed", () => {
  writeStackFile(home, info);
  writeStackFile(home, { ...info, pids: { ...info.pids, api: [7] } });
  expect(readStackFile(home)).toEqual({ ...info, pids: { ...info.pids, api: [7] } });
  removeStackFile(home);
  expect(readStackFile(home)).toBeUndefined();
});

test("is readable for its owner only, since it holds keys", () => {
  writeStackFile(home, info);
  expect(statSync(stackFilePath(home)).mode & 0o777).toBe(0o600);
});

test("is never seen half written: it is replaced whole", () => {
  writeStackFile(home, info);
  const { ino } = statSync(stackFilePath(home));
  writeStackFile(home, info);
  expect(statSync(stackFilePath(home)).ino).not.toBe(ino);
  expect(readdirSync(home)).toEqual(["stack.json"]);
});
