import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { Check } from "./check.ts";
import { checkNode } from "./check-node.ts";
import { checkDurability, checkMigrations } from "./check-postgres.ts";
import { checkProvider } from "./check-provider.ts";
import { checkAppendOnly, checkEviction } from "./check-redis.ts";
import { runChecks } from "./run-checks.ts";

describe("checks that run together", () => {
  const fine: Check = { name: "fine", run: async () => ({ status: "ok", found: "yes" }) };

  test("do not wait for one that hangs, nor fall over with one that does", async () => {
    const hanging: Check = { name: "hanging", run: () => new Promise(() => {}) };
    const broken: Check = {
      name: "broken",
      run: () => {
        throw new Error("no such host");
      },
    };
    expect(await runChecks([hanging, broken, fine], 20)).toEqual([
      { name: "hanging", status: "failed", found: "no answer within 0.02 s", fix: expect.any(String) },
      { name: "broken", status: "failed", found: expect.stringContaining("no such host"), fix: expect.any(String) },
      { name: "fine", status: "ok", found: "yes" },
    ]);
  });
});

test("an old Node is told", async () => {
  expect(await checkNode("1.0.0", "20.18.3").run()).toMatchObject({
    status: "failed",
    fix: "Use Node 20.19 or newer.",
  });
  expect(await checkNode("1.0.0", "22.0.0").run()).toMatchObject({ status: "ok", found: "Payonce 1.0.0, Node 22.0.0" });
});

test("settings of Postgres that lose payments fail, and one that may is a warning", () => {
  const safe = { fsync: "on", synchronousCommit: "on", fullPageWrites: "on" };
  expect(checkDurability(safe)).toMatchObject({ status: "ok" });
  expect(checkDurability({ ...safe, synchronousCommit: "remote_apply" })).toMatchObject({ status: "ok" });
  expect(checkDurability({ ...safe, fsync: "off" })).toMatchObject({
    status: "failed",
    fix: expect.stringContaining("fsync = on"),
  });
  expect(checkDurability({ ...safe, synchronousCommit: "off" })).toMatchObject({
    status: "failed",
    found: expect.stringContaining("answered with 202"),
  });
  expect(checkDurability({ ...safe, fullPageWrites: "off" })).toMatchObject({ status: "warning" });
});

test("migrations that are missing, failed, unknown or changed are named", () => {
  const none = { missing: [], failed: [], unknown: [], changed: [], applied: 3 };
  expect(checkMigrations(none)).toEqual({ status: "ok", found: "all 3 are applied" });
  expect(checkMigrations({ ...none, missing: ["1_a"] })).toMatchObject({ status: "failed", found: "not applied: 1_a" });
  expect(checkMigrations({ ...none, failed: ["1_a"] })).toMatchObject({
    status: "failed",
    found: expect.stringContaining("1_a"),
  });
  expect(checkMigrations({ ...none, unknown: ["9_z"] })).toMatchObject({
    status: "failed",
    found: expect.stringContaining("9_z"),
  });
  expect(checkMigrations({ ...none, changed: ["1_a"] })).toMatchObject({
    status: "warning",
    found: expect.stringContaining("1_a"),
  });
});

test("a Redis that may drop jobs fails, and one that does not tell cannot be checked", () => {
  const info = (fields: Record<string, string>) => new Map(Object.entries(fields));
  expect(checkEviction(info({ maxmemory_policy: "noeviction" }))).toMatchObject({ status: "ok" });
  expect(checkEviction(info({ maxmemory_policy: "allkeys-lru" }))).toMatchObject({ status: "failed" });
  expect(checkEviction(info({}))).toMatchObject({
    status: "unchecked",
    found: expect.stringContaining("cannot be checked"),
  });
  expect(checkAppendOnly(info({ aof_enabled: "1" }))).toMatchObject({ status: "ok" });
  expect(checkAppendOnly(info({ aof_enabled: "0" }))).toMatchObject({
    status: "failed",
    fix: expect.stringContaining("appendonly yes"),
  });
  expect(checkAppendOnly(info({ aof_enabled: "1", aof_last_write_status: "err" }))).toMatchObject({ status: "failed" });
  expect(checkAppendOnly(info({}))).toMatchObject({
    status: "unchecked",
    found: expect.stringContaining("cannot be checked"),
  });
});

describe("the provider", () => {
  const KEY = "sk_live_abcdefghijklmnop";
  let close = () => {};
  afterEach(() => close());

  async function answering(listener: RequestListener, limitMs = 5_000) {
    const server = createServer(listener);
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    close = () => {
      server.close();
      server.closeAllConnections();
    };
    const apiBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return checkProvider({ apiBase, apiKey: KEY, limitMs }).run();
  }
  const sending = (status: number, body: object) =>
    answering((_request, response) => response.writeHead(status).end(JSON.stringify(body)));

  test("that takes the key is told by its account, and is asked for nothing else", async () => {
    const asked: unknown[] = [];
    const found = await answering((request, response) => {
      asked.push([request.method, request.url, request.headers.authorization]);
      response.end(JSON.stringify({ id: "acct_1Nv0FG" }));
    });
    expect(found).toMatchObject({ status: "ok", found: expect.stringContaining("acct_1Nv0FG, live mode") });
    expect(asked).toEqual([["GET", "/v1/account", `Bearer ${KEY}`]]);
  });

  test.each([
    [401, {}, "failed", "refuses the key"],
    [403, {}, "warning", "may not ask for its account"],
    [404, {}, "ok", "knows nothing of accounts"],
    [500, {}, "failed", "answers with 500"],
    [200, { id: "cus_1" }, "failed", "not as the provider does"],
  ])("that answers %i %j", async (status, body, expected, says) => {
    const found = await sending(status, body);
    expect(found).toMatchObject({ status: expected, found: expect.stringContaining(says) });
    expect(JSON.stringify(found)).not.toContain(KEY);
  });

  test("that hangs or is away is told, and where to look", async () => {
    const hanging = await answering(() => {}, 50);
    expect(hanging).toMatchObject({ status: "failed", found: expect.stringContaining("no answer within 0.05 s") });
    close();
    const away = await checkProvider({ apiBase: "http://127.0.0.1:9", apiKey: KEY, limitMs: 5_000 }).run();
    expect(away).toMatchObject({ status: "failed", fix: expect.stringContaining("STRIPE_API_BASE") });
  });

  test("cannot be checked without a key", async () => {
    const settings = { apiBase: "http://127.0.0.1:9", limitMs: 5_000 };
    expect(await checkProvider({ ...settings, apiKey: undefined }).run()).toMatchObject({ status: "unchecked" });
    const odd = await checkProvider({ ...settings, apiKey: "pk_live_1" }).run();
    expect(odd).toMatchObject({ status: "failed", found: expect.stringContaining("no Stripe secret") });
  });
});
