import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "@jest/globals";
import { configSchema } from "./config.ts";
import { until } from "./test-ops.ts";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));

const NEEDED = { DATABASE_URL: "postgresql://payonce@127.0.0.1:1/x", REDIS_URL: "redis://127.0.0.1:1" };
const PRODUCTION = { ...NEEDED, NODE_ENV: "production", PUBLIC_URL: "https://ops.example.com" };

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** Starts the console as it is run, with this environment and nothing else. */
function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], { env: { PORT: "0", METRICS_PORT: "0", ...env } });
  children.push(child);
  const output: string[] = [];
  child.stdout.on("data", (chunk) => output.push(String(chunk)));
  child.stderr.on("data", (chunk) => output.push(String(chunk)));
  return { child, text: () => output.join("") };
}

describe("in production, the process refuses to start", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      "with the database's password of docker-compose.yml",
      { DATABASE_URL: "postgresql://payonce:payonce@postgres:5432/payonce" },
      /^Configuration: DATABASE_URL must not have a password that everybody knows.*`openssl rand -hex 32`/,
    ],
    [
      "with Redis' password from a manual",
      { REDIS_URL: "redis://:changeme@redis:6379" },
      /^Configuration: REDIS_URL must not have a password that everybody knows.*`openssl rand -hex 32`/,
    ],
    [
      "with sessions in the clear on the network",
      { PUBLIC_URL: "http://ops.example.com" },
      /^Configuration: PUBLIC_URL must begin with https:\/\/.*TLS/,
    ],
  ])("%s, and says in a line what to do", async (_what, env, said) => {
    const { child, text } = start({ ...PRODUCTION, ...env });
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(text()).toMatch(said);
    expect(text().trim().split("\n")).toHaveLength(1);
    for (const value of Object.values(env)) expect(text()).not.toContain(value);
  });

  test("not otherwise: it runs, and stops when it is told to", async () => {
    const { child, text } = start({ ...PRODUCTION, DATABASE_URL: "postgresql://payonce:3f1c9f@127.0.0.1:1/x" });
    await until(() => text().includes('"listening"'), 30_000);
    const { address, publicUrl } = JSON.parse(
      text()
        .split("\n")
        .find((line) => line.includes('"listening"')) ?? "",
    );
    expect(publicUrl).toBe("https://ops.example.com");
    const answer = await fetch(`http://127.0.0.1:${address.port}/sign-in`);
    expect(answer.headers.get("set-cookie")).toMatch(/^__Host-payonce_ops_form=.*Secure/);
    expect((await fetch(`http://127.0.0.1:${address.port}/readyz`)).status).toBe(503);
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([0, null]);
  });
});

const mistakesOf = (env: Record<string, string>) => {
  const { error } = configSchema.safeParse(env);
  return error?.issues.map(({ path }) => path.join()) ?? [];
};

describe("a password that everybody knows", () => {
  const url = (user: string, password: string) => `postgresql://${user}:${password}@db.example.com/payonce`;

  test.each([
    url("payonce", "payonce"),
    url("postgres", "postgres"),
    url("app", "Password"),
    url("app", "%63hangeme"),
    url("app", "app"),
    "postgresql://app@db.example.com/payonce?password=secret",
  ])("is refused in production, and taken elsewhere: %s", (DATABASE_URL) => {
    expect(mistakesOf({ ...PRODUCTION, DATABASE_URL })).toEqual(["DATABASE_URL"]);
    expect(mistakesOf({ ...NEEDED, DATABASE_URL })).toEqual([]);
  });

  test.each([
    url("payonce", "8f3c0b1d"),
    url("payonce", "%zz"),
    "postgresql://app@db.example.com/payonce",
    "postgresql:///payonce?host=/run",
  ])("is none of these: %s", (DATABASE_URL) => {
    expect(mistakesOf({ ...PRODUCTION, DATABASE_URL })).toEqual([]);
  });
});

describe("PUBLIC_URL", () => {
  test.each(["http://127.0.0.1:3001", "http://localhost:3001", "http://[::1]:3001", "https://ops.example.com"])(
    "may be %s in production",
    (PUBLIC_URL) => {
      expect(mistakesOf({ ...PRODUCTION, PUBLIC_URL })).toEqual([]);
    },
  );

  test.each(["http://10.0.0.1", "http://127.0.0.1.nip.io", "http://localhost.example.com"])(
    "may not be %s in production",
    (PUBLIC_URL) => {
      expect(mistakesOf({ ...PRODUCTION, PUBLIC_URL })).toEqual(["PUBLIC_URL"]);
    },
  );

  test.each([
    "ops.example.com",
    "https://ops.example.com/console",
    "https://ops.example.com/?a",
    "ftp://x",
    "https://u:p@x",
    "http://127.0.0.1@evil.example",
    "*",
  ])("is nowhere %s", (PUBLIC_URL) => {
    expect(mistakesOf({ ...NEEDED, PUBLIC_URL })).toEqual(["PUBLIC_URL"]);
  });

  test("is taken as an origin, as browsers write it", () => {
    const { PUBLIC_URL } = configSchema.parse({ ...NEEDED, PUBLIC_URL: "HTTPS://Ops.Example.com:443/" });
    expect(PUBLIC_URL).toBe("https://ops.example.com");
  });
});

test("nobody is believed about addresses unless TRUST_PROXY says so", () => {
  expect(configSchema.parse(NEEDED).TRUST_PROXY).toBe(0);
  for (const TRUST_PROXY of ["true", "-1", "11", "10.0.0.0/8"])
    expect(mistakesOf({ ...NEEDED, TRUST_PROXY })).toEqual(["TRUST_PROXY"]);
});
