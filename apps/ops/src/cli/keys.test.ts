import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { findApiKeys } from "@payonce/db";
import { insertMerchant } from "@payonce/db/testing";
import { startTestCli, type TestCli } from "./test-cli.ts";

let cli: TestCli;
let merchantId: string;
beforeAll(async () => {
  cli = await startTestCli();
});
beforeEach(async () => {
  merchantId = await insertMerchant(cli.db);
});
afterAll(() => cli.drop());

const isTaken = async (key: string) => {
  const hash = createHash("sha256").update(key).digest();
  const [owner] = await findApiKeys(cli.db.pool, [{ hash, origin: null }]);
  return owner?.merchantId === merchantId;
};
const create = async (...args: string[]) => {
  const made = await cli.run("keys", "create", "--merchant", merchantId, "--reason", "a test", "--json", ...args);
  return made.json<{ id: string; key: string }>();
};
const auditOf = (target: string) =>
  cli.query("SELECT action, actor, via, reason, before, after FROM audit_log WHERE target = $1 ORDER BY id", target);

test("a key that is made is shown once, is taken, and has its mode written into it", async () => {
  const made = await cli.run("keys", "create", "--merchant", merchantId, "--mode", "live", "--reason", "Going live");
  expect(made.exitCode).toBe(0);
  const key = /^Key +(sk_live_[0-9A-Za-z]{40})$/m.exec(made.stdout)?.[1] ?? "";
  expect(await isTaken(key)).toBe(true);
  expect(made.stderr).toContain("cannot be shown again");
  expect((await create("--mode", "test", "--kind", "publishable")).key).toMatch(/^pk_test_[0-9A-Za-z]{40}$/);

  const listed = await cli.run("keys", "list", "--merchant", merchantId);
  expect(listed.stdout).toMatch(new RegExp(`^key_\\w+ +${merchantId} +sk_live_\\w{4}… +secret +live `, "m"));
  const everything = [listed.stdout, JSON.stringify(await cli.query("SELECT * FROM api_keys, audit_log"))].join();
  expect(everything).not.toContain(key);
});

test("a key that is replaced stays valid for the overlap, and no longer", async () => {
  const old = await create("--mode", "live");
  const rotated = await cli.run("keys", "rotate", old.id, "--overlap", "24h", "--reason", "Yearly", "--json");
  const made = rotated.json<{ id: string; key: string; replaces: { revoked_at: string } }>();
  expect(made.key).toMatch(/^sk_live_/);
  expect([await isTaken(old.key), await isTaken(made.key)]).toEqual([true, true]);
  const endsInMs = Date.parse(made.replaces.revoked_at) - Date.now();
  expect(endsInMs / 3_600_000).toBeCloseTo(24, 1);

  await cli.query("UPDATE api_keys SET revoked_at = revoked_at - interval '25 hours' WHERE id = $1", old.id);
  expect([await isTaken(old.key), await isTaken(made.key)]).toEqual([false, true]);
  const state = { merchant_id: merchantId, kind: "secret", mode: "live", prefix: old.key.slice(0, 12) };
  const person = { actor: cli.actor, via: "cli", reason: "Yearly" };
  expect(await auditOf(old.id)).toEqual([
    expect.objectContaining({ action: "create_api_key", before: null }),
    {
      action: "rotate_api_key",
      ...person,
      before: { ...state, revoked_at: null },
      after: { ...state, revoked_at: expect.any(String), replaced_by: made.id },
    },
  ]);
  expect(await auditOf(made.id)).toEqual([expect.objectContaining({ action: "create_api_key", ...person })]);
});

test("a key can be replaced at once, and once only, also by two at the same time", async () => {
  const old = await create("--mode", "test");
  const rotate = () => cli.run("keys", "rotate", old.id, "--overlap", "0s", "--reason", "Seen in a log", "--json");
  const outcomes = await Promise.all([rotate(), rotate()]);
  expect(outcomes.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
  expect(outcomes.find(({ exitCode }) => exitCode === 1)?.json()).toMatchObject({ code: "api_key_revoked" });
  expect(await isTaken(old.key)).toBe(false);
  expect(await cli.query("SELECT 1 FROM api_keys WHERE merchant_id = $1", merchantId)).toHaveLength(2);
});

test("a revoked key is refused at once, also in its overlap", async () => {
  const old = await create("--mode", "test");
  await cli.run("keys", "rotate", old.id, "--overlap", "7d", "--reason", "Yearly");
  const revoked = await cli.run("keys", "revoke", old.id, "--reason", "Seen in a public repository");
  expect(revoked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("is refused from now on") });
  expect(await isTaken(old.key)).toBe(false);
  expect((await auditOf(old.id)).at(-1)).toMatchObject({
    action: "revoke_api_key",
    reason: "Seen in a public repository",
  });

  const again = await cli.run("keys", "revoke", old.id, "--reason", "Once more");
  expect(again).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining("was revoked at") });
  expect(await auditOf(old.id)).toHaveLength(3);
});

test("says so when there is no such key or merchant", async () => {
  const nobody = "01m814esw7e00bgbyj9j5g8yxa";
  const missing = await cli.run("keys", "revoke", `key_${nobody}`, "--reason", "x", "--json");
  expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("There is no such API key") });
  expect(missing.json()).toMatchObject({ code: "api_key_not_found", type: "urn:payonce:problem:api_key_not_found" });
  const args = ["--merchant", `mer_${nobody}`, "--mode", "test", "--reason", "x"];
  expect(await cli.run("keys", "create", ...args)).toMatchObject({ exitCode: 1, stdout: "" });
});

test("a merchant is made, listed, and audited", async () => {
  const made = await cli.run("merchants", "create", "--name", "Corner shop", "--reason", "Contract 1182");
  const id = /mer_\w{26}/.exec(made.stdout)?.[0] ?? "";
  expect(made.stderr).toContain(`payonce keys create --merchant ${id}`);
  expect(await auditOf(id)).toEqual([
    expect.objectContaining({ action: "create_merchant", after: { name: "Corner shop" }, reason: "Contract 1182" }),
  ]);
  const listed = (await cli.run("merchants", "list", "--limit", "1", "--json")).json();
  expect(listed).toMatchObject({ object: "list", has_more: true, data: [{ id, name: "Corner shop", live_keys: 0 }] });
});
