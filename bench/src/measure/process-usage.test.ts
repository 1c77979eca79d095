import { spawn } from "node:child_process";
import { expect, test } from "@jest/globals";
import { readBytes, readCpuMs, readFamilyBytes } from "./process-usage.ts";

const onLinux = process.platform === "linux" ? test : test.skip;

onLinux("tells what a process has used, and of its children where asked for", () => {
  const before = readCpuMs(process.pid);
  const until = before + 100;
  while (readCpuMs(process.pid) < until);
  const alone = readCpuMs(process.pid);
  expect(alone).toBeGreaterThanOrEqual(until);
  expect(readCpuMs(process.pid, true)).toBeGreaterThanOrEqual(alone);
  expect(readBytes(process.pid)).toBeGreaterThan(10_000_000);
});

onLinux("counts a child's memory with its parent's", async () => {
  const alone = readFamilyBytes(process.pid);
  const child = spawn(process.execPath, ["-e", "console.log('up'); setInterval(() => {}, 1000)"]);
  try {
    await new Promise((resolve) => child.stdout.once("data", resolve));
    expect(readFamilyBytes(process.pid)).toBeGreaterThan(alone + readBytes(child.pid ?? 0) / 10);
  } finally {
    child.kill("SIGKILL");
  }
});

test("knows nothing of a process that is gone", () => {
  expect(readCpuMs(2 ** 30)).toBeNaN();
  expect(readBytes(2 ** 30)).toBeNaN();
  expect(readFamilyBytes(2 ** 30)).toBeNaN();
});
