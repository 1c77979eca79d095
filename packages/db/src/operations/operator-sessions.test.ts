import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Database } from "../connect.ts";
import { createTestDatabase } from "../testing.ts";
import {
  createOperatorSession,
  deleteExpiredOperatorSessions,
  endOperatorSession,
  findOperatorSession,
} from "./operator-sessions.ts";
import { addOperator, type Operator, setOperatorPasswordHash } from "./operators.ts";

let db: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ db, drop } = await createTestDatabase());
});
afterAll(() => drop());

const passwordHash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA";
const cli = { operatorId: null, name: "cli:test", via: "cli" } as const;
const tokenHash = Buffer.alloc(32, 1);
let dana: Operator;
let made = 0;
beforeEach(async () => {
  await db.pool.query("DELETE FROM operator_sessions");
  const operator = await addOperator(db.pool, cli, {
    username: `dana${++made}`,
    role: "viewer",
    passwordHash,
    reason: "-",
  });
  if (operator) dana = operator;
  await createOperatorSession(db.pool, { tokenHash, operatorId: dana.id, passwordHash });
});

const find = (isActivity = true) => findOperatorSession(db.pool, tokenHash, { isActivity });
/** As when so much time has gone by since the session began. */
const letPass = (interval: string, columns = ["created_at", "last_seen_at", "expires_at"]) =>
  db.pool.query(`UPDATE operator_sessions SET ${columns.map((one) => `${one} = ${one} - interval '${interval}'`)}`);

test("whose session it is, is told to the holder of its token alone", async () => {
  expect(await find()).toEqual(dana);
  expect(await findOperatorSession(db.pool, Buffer.alloc(32, 2), { isActivity: true })).toBeNull();
});

describe("a session", () => {
  test("is over after half an hour without activity", async () => {
    await letPass("29 minutes 50 seconds");
    expect(await find()).toEqual(dana);
    await letPass("30 minutes");
    expect(await find()).toBeNull();
    expect(await find(false)).toBeNull();
  });

  test("goes on while it is used", async () => {
    for (let times = 0; times < 3; times++) {
      await letPass("20 minutes");
      expect(await find()).toEqual(dana);
    }
  });

  test("is not kept alive by what a page asks by itself", async () => {
    await letPass("20 minutes");
    expect(await find(false)).toEqual(dana);
    await letPass("20 minutes");
    expect(await find(false)).toBeNull();
    expect(await find()).toBeNull();
  });

  test("is over after twelve hours, however much it is used", async () => {
    await letPass("11 hours 59 minutes", ["created_at", "expires_at"]);
    expect(await find()).toEqual(dana);
    await letPass("1 minute", ["created_at", "expires_at"]);
    expect(await find()).toBeNull();
  });

  test("is over when the operator was disabled, by whatever hand", async () => {
    await db.pool.query("UPDATE operators SET disabled_at = now() WHERE id = $1", [dana.id]);
    expect(await find()).toBeNull();
    expect(await find(false)).toBeNull();
  });

  test("that was ended is over", async () => {
    await endOperatorSession(db.pool, tokenHash);
    expect(await find()).toBeNull();
    await endOperatorSession(db.pool, tokenHash);
  });
});

test("only sessions that are over are forgotten", async () => {
  const other = Buffer.alloc(32, 2);
  await letPass("13 hours");
  await createOperatorSession(db.pool, { tokenHash: other, operatorId: dana.id, passwordHash });
  expect(await deleteExpiredOperatorSessions(db.pool)).toBe(1);
  expect(await findOperatorSession(db.pool, other, { isActivity: true })).toEqual(dana);
});

test("a password that is changed during a sign-in lets no session of the old one begin", async () => {
  const client = await db.pool.connect();
  const late = Buffer.alloc(32, 3);
  try {
    await client.query("BEGIN");
    await client.query("UPDATE operators SET password_hash = password_hash || '2' WHERE id = $1", [dana.id]);
    const creating = createOperatorSession(db.pool, { tokenHash: late, operatorId: dana.id, passwordHash });
    let isOver = false;
    void creating.finally(() => {
      isOver = true;
    });
    let isWaiting = false;
    while (!isWaiting && !isOver) {
      const { rows } = await client.query("SELECT 1 FROM pg_locks WHERE NOT granted");
      isWaiting = rows.length > 0;
    }
    await client.query("COMMIT");
    expect(await creating).toBe(false);
  } finally {
    client.release();
  }
  await setOperatorPasswordHash(db.pool, cli, dana.username, passwordHash, "-");
  await db.pool.query("UPDATE operators SET disabled_at = now() WHERE id = $1", [dana.id]);
  expect(await createOperatorSession(db.pool, { tokenHash: late, operatorId: dana.id, passwordHash })).toBe(false);
});
