import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { StackInfo } from "@payonce/stack";

const command = fileURLToPath(new URL("../../apps/ops/dist/cli/main.js", import.meta.url));

/** Runs `payonce` against a stack, as an operator would in a terminal. */
export function runCli(
  { databaseUrl, redisUrl }: Pick<StackInfo, "databaseUrl" | "redisUrl">,
  ...args: string[]
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const env = { ...process.env, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      const exitCode = error ? (typeof error.code === "number" ? error.code : 255) : 0;
      resolve({ exitCode, stdout, stderr });
    });
  });
}
