import { rmSync } from "node:fs";
import { join } from "node:path";
import { readJsonFile, writeJsonFile } from "./json-file.ts";

/** What is started, by the name under which its pids are told. */
export type ProcessName =
  | "api"
  | "relay"
  | "charger"
  | "notifier"
  | "ops"
  | "checkout"
  | "simulator"
  | "postgres"
  | "redis";

/** A running stack, as told in `<home>/stack.json`. */
export interface StackInfo {
  apiUrl: string;
  /** Of each copy; the first is `apiUrl`. */
  apiUrls: string[];
  /** The operator console; empty where it is left out. */
  opsUrl: string;
  /** Who may sign in there, as made at the first start. */
  operator: { username: string; password: string };
  simulatorUrl: string;
  /** The demo shop; empty where it is left out. */
  checkoutUrl: string;
  /** For merchants' servers: `Authorization: Bearer sk_test_…`. */
  secretKey: string;
  /** For browsers. */
  publishableKey: string;
  databaseUrl: string;
  redisUrl: string;
  /** By process: what its `/metrics` answers on, one per copy. */
  metricsUrls: Partial<Record<ProcessName, string[]>>;
  /** Living processes only. Empty for a server that is not ours. */
  pids: Record<ProcessName, number[]>;
  /** Who started all this and starts again what dies. */
  supervisorPid: number;
}

export function stackFilePath(home: string): string {
  return join(home, "stack.json");
}

/** Readers see the old file or the new one, never half of one. It holds keys, so only its owner may read it. */
export function writeStackFile(home: string, info: StackInfo): void {
  writeJsonFile(stackFilePath(home), info);
}

/** @returns undefined when no stack runs in `home` (or it ended without being able to clean up and was reset) */
export function readStackFile(home: string): StackInfo | undefined {
  return readJsonFile(stackFilePath(home)) as StackInfo | undefined;
}

export function removeStackFile(home: string): void {
  rmSync(stackFilePath(home), { force: true });
}
