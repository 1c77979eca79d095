import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Database } from "../connect.ts";
import { createTestDatabase, emptyTables } from "../testing.ts";
import type { Actor } from "./audit.ts";
import { createOperatorSession, findOperatorSession } from "./operator-sessions.ts";
import {
  addOperator,
  disableOperator,
  enableOperator,
  findOperatorCredentials,
  listOperators,
  type Role,
  replacePasswordHash,
  setOperatorPasswordHash,
  setOperatorRole,
} from "./operators.ts";

let db: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ db, drop } = await createTestDatabase());
});
afterAll(() => drop());
beforeEach(async () => {
  // The log itself lets nothing be taken away.
  await emptyTables(db, "operators", "audit_log");
});

const passwordHash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA";
const cli: Actor = { operatorId: null, name: "cli:test", via: "cli" };
const reason = "a test";

const add = (username: string, role: Role) => addOperator(db.pool, cli, { username, role, passwordHash, reason });
const audited = async () => {
  const { rows } = await db.pool.query(
    "SELECT actor, via, action, target, reason, before, after FROM audit_log ORDER BY id",
  );
  return rows;
};
let sessions = 0;
const startSession = async (operatorId: string) => {
  const tokenHash = Buffer.alloc(32, ++sessions);
  await createOperatorSession(db.pool, { tokenHash, operatorId, passwordHash });
  return () => findOperatorSession(db.pool, tokenHash, { isActivity: true });
};

test("an operator is added under a name of its own, and the log says by whom and why", async () => {
  const dana = await add("dana", "operator");
  expect(dana).toEqual({ id: expect.stringMatching(/^opr_/), username: "dana", role: "operator" });
  expect(await add("dana", "admin")).toBeNull();
  expect(await findOperatorCredentials(db.pool, "dana")).toEqual({ ...dana, passwordHash, isDisabled: false });
  expect(await findOperatorCredentials(db.pool, "nobody")).toBeNull();
  expect(await audited()).toEqual([
    {
      actor: "cli:test",
      via: "cli",
      action: "add_operator",
      target: dana?.id,
      reason,
      before: null,
      after: { username: "dana", role: "operator", disabled: false },
    },
  ]);
});

test("no password, and no hash of one, gets into the audit log", async () => {
  await add("dana", "operator");
  await setOperatorPasswordHash(db.pool, cli, "dana", `${passwordHash}2`, reason);
  expect(JSON.stringify(await audited())).not.toContain("argon2");
});

describe.each([
  ["is disabled", (name: string) => disableOperator(db.pool, cli, name, reason), "disable_operator"],
  [
    "gets another password",
    (name: string) => setOperatorPasswordHash(db.pool, cli, name, `${passwordHash}x`, reason),
    "set_password",
  ],
  ["gets another role", (name: string) => setOperatorRole(db.pool, cli, name, "viewer", reason), "set_role"],
])("when an operator %s", (_what, change, action) => {
  test("all of its sessions end at once, and nobody else's do", async () => {
    const [dana, kim] = [await add("dana", "operator"), await add("kim", "operator")];
    const danas = [await startSession(dana?.id ?? ""), await startSession(dana?.id ?? "")];
    const kims = await startSession(kim?.id ?? "");
    expect(await change("dana")).toMatchObject({ result: "changed", sessionsEnded: 2 });
    for (const find of danas) expect(await find()).toBeNull();
    // Enabled again, what was ended stays ended.
    await enableOperator(db.pool, cli, "dana", reason);
    for (const find of danas) expect(await find()).toBeNull();
    expect(await kims()).toEqual(kim);
    expect((await audited())[2]).toMatchObject({ action, target: dana?.id, after: { sessions_ended: 2 } });
  });
});

test("a change that changes nothing is not in the log", async () => {
  await add("dana", "viewer");
  expect(await setOperatorRole(db.pool, cli, "dana", "viewer", reason)).toMatchObject({ result: "unchanged" });
  expect(await enableOperator(db.pool, cli, "dana", reason)).toMatchObject({ result: "unchanged" });
  await disableOperator(db.pool, cli, "dana", reason);
  const [{ disabledAt } = { disabledAt: null }] = await listOperators(db.pool);
  expect(await disableOperator(db.pool, cli, "dana", reason)).toMatchObject({ result: "unchanged" });
  expect(await listOperators(db.pool)).toMatchObject([{ username: "dana", role: "viewer", disabledAt }]);
  expect((await audited()).map(({ action }) => action)).toEqual(["add_operator", "disable_operator"]);
});

test("somebody who is not there is not changed", async () => {
  expect(await disableOperator(db.pool, cli, "nobody", reason)).toEqual({ result: "not_found" });
  expect(await audited()).toEqual([]);
});

describe("the last enabled admin", () => {
  const consoleOf = (operator: { id: string; username: string } | null): Actor => ({
    operatorId: operator?.id ?? null,
    name: operator?.username ?? "",
    via: "console",
  });

  test("is neither disabled nor made something else, except from the command line", async () => {
    const root = await add("root", "admin");
    await add("gone", "admin");
    await disableOperator(db.pool, cli, "gone", reason);
    for (const via of ["console", "api"] as const) {
      const actor = { ...consoleOf(root), via };
      expect(await disableOperator(db.pool, actor, "root", reason)).toEqual({ result: "last_admin" });
      expect(await setOperatorRole(db.pool, actor, "root", "operator", reason)).toEqual({ result: "last_admin" });
    }
    expect(await listOperators(db.pool)).toMatchObject([
      { username: "gone" },
      { username: "root", role: "admin", disabledAt: null },
    ]);
    expect(await disableOperator(db.pool, cli, "root", reason)).toMatchObject({ result: "changed" });
  });

  test("is still there when two admins disable each other at the same moment", async () => {
    for (let round = 0; round < 10; round++) {
      const [a, b] = [await add(`a${round}`, "admin"), await add(`b${round}`, "admin")];
      const outcomes = await Promise.all([
        disableOperator(db.pool, consoleOf(a), `b${round}`, reason),
        disableOperator(db.pool, consoleOf(b), `a${round}`, reason),
      ]);
      expect(outcomes.map(({ result }) => result).sort()).toEqual(["changed", "last_admin"]);
      await disableOperator(db.pool, cli, `a${round}`, reason);
      await disableOperator(db.pool, cli, `b${round}`, reason);
    }
  });

  test("may change its password", async () => {
    const root = await add("root", "admin");
    const outcome = await setOperatorPasswordHash(db.pool, consoleOf(root), "root", `${passwordHash}2`, reason);
    expect(outcome.result).toBe("changed");
  });
});

test("a hash made anew does not undo a password that was changed meanwhile", async () => {
  const dana = await add("dana", "operator");
  await setOperatorPasswordHash(db.pool, cli, "dana", `${passwordHash}new`, reason);
  const hashes = { before: passwordHash, after: `${passwordHash}again` };
  expect(await replacePasswordHash(db.pool, dana?.id ?? "", hashes)).toBe(false);
  expect((await findOperatorCredentials(db.pool, "dana"))?.passwordHash).toBe(`${passwordHash}new`);
});
