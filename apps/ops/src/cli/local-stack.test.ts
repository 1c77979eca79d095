import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { withLocalStack } from "./local-stack.ts";

const home = mkdtempSync(join(tmpdir(), "payonce-cli-"));
afterAll(() => rmSync(home, { recursive: true }));
const describeStack = (text: string) => writeFileSync(join(home, "stack.json"), text);

test("beside a local stack, all comes from its stack.json, and no real key or Redis from the shell", () => {
  const shell = { PAYONCE_HOME: home, REDIS_PREFIX: "p", STRIPE_API_KEY: "sk_live_1", REDIS_URL: "redis://real" };
  expect(withLocalStack(shell)).toEqual(shell);
  describeStack(JSON.stringify({ databaseUrl: "postgresql://a", redisUrl: "redis://b", simulatorUrl: "http://c" }));
  const local = {
    PAYONCE_HOME: home,
    REDIS_PREFIX: "p",
    DATABASE_URL: "postgresql://a",
    REDIS_URL: "redis://b",
    STRIPE_API_BASE: "http://c",
    STRIPE_API_KEY: "sk_test_simulator",
  };
  expect(withLocalStack({ ...shell, STRIPE_ACCOUNT: "acct_1" })).toEqual(local);
  const own = { ...shell, DATABASE_URL: "postgresql://own" };
  expect(withLocalStack(own)).toEqual(own);
});

test("a stack.json that cannot be read is named, and what to do instead", () => {
  describeStack("{");
  expect(() => withLocalStack({ PAYONCE_HOME: home })).toThrow(`${join(home, "stack.json")} does not describe a stack`);
});
