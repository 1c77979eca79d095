import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Database } from "../connect.ts";
import { createTestDatabase } from "../testing.ts";
import {
  createOperatorToken,
  findOperatorByToken,
  hashOperatorToken,
  listOperatorTokens,
  revokeOperatorToken,
} from "./operator-tokens.ts";
import { addOperator, disableOperator, enableOperator, setOperatorRole } from "./operators.ts";

let db: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ db, drop } = await createTestDatabase());
});
afterAll(() => drop());

const passwordHash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA";
const cli = { operatorId: null, name: "cli:test", via: "cli" } as const;
const reason = "a test";
let made = 0;

async function addWithToken() {
  const username = `dana${++made}`;
  const operator = await addOperator(db.pool, cli, { username, role: "operator", passwordHash, reason });
  const created = await createOperatorToken(db.pool, cli, { username, reason });
  if (!operator || !created) throw new Error("nothing was made");
  return { username, operator, ...created, find: () => findOperatorByToken(db.pool, hashOperatorToken(created.token)) };
}

test("a token is its operator's, and kept as a hash alone", async () => {
  const { username, operator, id, token, prefix, find } = await addWithToken();
  expect(token).toMatch(/^opt_[0-9A-Za-z]{43}$/);
  expect(token.startsWith(prefix)).toBe(true);
  expect(await find()).toEqual(operator);
  for (const wrong of [`${token}x`, token.slice(0, -1), prefix, id])
    expect(await findOperatorByToken(db.pool, hashOperatorToken(wrong))).toBeNull();
  const { rows } = await db.pool.query("SELECT to_jsonb(t) || to_jsonb(a) AS all FROM operator_tokens t, audit_log a");
  expect(JSON.stringify(rows)).not.toContain(token.slice(16));
  expect(await listOperatorTokens(db.pool, username)).toMatchObject([{ id, username, prefix, revokedAt: null }]);
});

test("nobody gets a token who is not there, or disabled", async () => {
  const { username } = await addWithToken();
  expect(await createOperatorToken(db.pool, cli, { username: "nobody", reason })).toBeNull();
  await disableOperator(db.pool, cli, username, reason);
  expect(await createOperatorToken(db.pool, cli, { username, reason })).toBeNull();
});

test("a token that is revoked is worth nothing at once, and the log says why", async () => {
  const { id, find } = await addWithToken();
  expect(await revokeOperatorToken(db.pool, cli, id, reason)).toEqual({ result: "revoked" });
  expect(await find()).toBeNull();
  expect(await revokeOperatorToken(db.pool, cli, id, reason)).toEqual({ result: "revoked_before" });
  expect(await revokeOperatorToken(db.pool, cli, "opt_none", reason)).toEqual({ result: "not_found" });
  const { rows } = await db.pool.query("SELECT action, reason FROM audit_log WHERE target = $1 ORDER BY id", [id]);
  expect(rows).toEqual([
    { action: "create_operator_token", reason },
    { action: "revoke_operator_token", reason },
  ]);
});

test("a token does what its operator may now: nothing while disabled", async () => {
  const { username, operator, find } = await addWithToken();
  await setOperatorRole(db.pool, cli, username, "viewer", reason);
  expect(await find()).toEqual({ ...operator, role: "viewer" });
  await disableOperator(db.pool, cli, username, reason);
  expect(await find()).toBeNull();
  await enableOperator(db.pool, cli, username, reason);
  expect(await find()).toEqual({ ...operator, role: "viewer" });
});

test("its use is noted once a minute, not with every request", async () => {
  const { id, find } = await addWithToken();
  const lastUsedAt = async () => {
    const { rows } = await db.pool.query("SELECT last_used_at FROM operator_tokens WHERE id = $1", [id]);
    return rows[0].last_used_at?.getTime() ?? null;
  };
  expect(await lastUsedAt()).toBeNull();
  await find();
  const first = await lastUsedAt();
  expect(first).not.toBeNull();
  await find();
  expect(await lastUsedAt()).toBe(first);
  await db.pool.query("UPDATE operator_tokens SET last_used_at = last_used_at - interval '1 minute' WHERE id = $1", [
    id,
  ]);
  await find();
  expect(await lastUsedAt()).toBeGreaterThanOrEqual(first);
});
