import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { findFreePort, releasePort } from "./free-port.ts";
import { claimPort, holdsPort, unclaimPort } from "./port-claims.ts";

const PORT = 19_999;
const folder = join(tmpdir(), `payonce-ports-${process.getuid?.() ?? 0}`);
afterEach(() => unclaimPort(PORT));

/** As if another stack had claimed the port. */
function claimedBy(pid: number): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, String(PORT)), String(pid));
}

test("a port that another living stack has claimed is passed over, though nobody listens on it yet", async () => {
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  try {
    claimedBy(other.pid as number);
    expect(claimPort(PORT)).toBe(false);
    const port = await findFreePort(PORT);
    expect(port).not.toBe(PORT);
    releasePort(port);
  } finally {
    other.kill("SIGKILL");
  }
});

test("the claim of a stack that was killed does not outlive it", async () => {
  const dead = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => dead.once("close", resolve));
  claimedBy(dead.pid as number);
  expect(claimPort(PORT)).toBe(true);
  expect(holdsPort(PORT)).toBe(true);
});

test("a port that is given back can be claimed again", async () => {
  expect(claimPort(PORT)).toBe(true);
  unclaimPort(PORT);
  expect(holdsPort(PORT)).toBe(false);
  expect(claimPort(PORT)).toBe(true);
});
