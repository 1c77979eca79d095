import { newId } from "@payonce/domain";
import type pg from "pg";
import { type Actor, appendAudit, withAudit } from "./audit.ts";
import { endOperatorSessions } from "./operator-sessions.ts";

/** Each may do what the one before may: a viewer looks, an operator acts, an admin says who is what. */
export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** As the constraint on `operators.username` has it. Lower case only, so that nobody can be mistaken for another. */
export const USERNAME = /^[a-z0-9][a-z0-9._@+-]{1,99}$/;

/** A person who operates this. */
export interface Operator {
  id: string;
  username: string;
  role: Role;
}

/** What a sign-in is checked against. */
export interface OperatorCredentials extends Operator {
  /** Argon2id in PHC string form. */
  passwordHash: string;
  isDisabled: boolean;
}

export interface ListedOperator extends Operator {
  createdAt: Date;
  disabledAt: Date | null;
}

/** `last_admin`: nobody could undo it from the console, so it is left to the command line. Nothing was done. */
export type ChangeOperatorResult =
  | { result: "changed"; operator: Operator; sessionsEnded: number }
  | { result: "unchanged"; operator: Operator }
  | { result: "not_found" }
  | { result: "last_admin" };

/** @returns null when the username is taken, also by somebody who is disabled */
export function addOperator(
  pool: pg.Pool,
  actor: Actor,
  { username, role, passwordHash, reason }: { username: string; role: Role; passwordHash: string; reason: string },
): Promise<Operator | null> {
  return withAudit(pool, async (client) => {
    const id = newId("opr");
    const { rowCount } = await client.query(
      `INSERT INTO operators (id, username, role, password_hash) VALUES ($1, $2, $3, $4) ON CONFLICT (username) DO NOTHING`,
      [id, username, role, passwordHash],
    );
    if (rowCount === 0) return null;
    const after = { username, role, disabled: false };
    await appendAudit(client, actor, [{ action: "add_operator", target: id, reason, before: null, after }]);
    return { id, username, role };
  });
}

export async function findOperatorCredentials(pool: pg.Pool, username: string): Promise<OperatorCredentials | null> {
  const { rows } = await pool.query<OperatorCredentials>({
    name: "find-operator-credentials",
    text: `SELECT id, username, role, password_hash AS "passwordHash", disabled_at IS NOT NULL AS "isDisabled"
      FROM operators WHERE username = $1`,
    values: [username],
  });
  return rows[0] ?? null;
}

/** All of them, the disabled ones too, by name. */
export async function listOperators(pool: pg.Pool): Promise<ListedOperator[]> {
  const { rows } = await pool.query<ListedOperator>(
    `SELECT id, username, role, created_at AS "createdAt", disabled_at AS "disabledAt" FROM operators ORDER BY username`,
  );
  return rows;
}

/** Shuts an operator out at once: sessions end, and tokens are not heard while it lasts. */
export function disableOperator(pool: pg.Pool, actor: Actor, username: string, reason: string) {
  return changeOperator(pool, actor, username, { action: "disable_operator", reason, isDisabled: true });
}

export function enableOperator(pool: pg.Pool, actor: Actor, username: string, reason: string) {
  return changeOperator(pool, actor, username, { action: "enable_operator", reason, isDisabled: false });
}

/** Gives an operator another role, and ends its sessions. */
export function setOperatorRole(pool: pg.Pool, actor: Actor, username: string, role: Role, reason: string) {
  return changeOperator(pool, actor, username, { action: "set_role", reason, role });
}

/** Gives an operator another password, and ends its sessions: whoever had the old one is out. */
export function setOperatorPasswordHash(
  pool: pg.Pool,
  actor: Actor,
  username: string,
  passwordHash: string,
  reason: string,
) {
  return changeOperator(pool, actor, username, { action: "set_password", reason, passwordHash });
}

/**
 * Puts the same password's hash with other parameters in place of the old one. Nobody's action, so it is not audited.
 *
 * @returns false when the password was changed meanwhile; it then stays as it is
 */
export async function replacePasswordHash(
  pool: pg.Pool,
  operatorId: string,
  hashes: { before: string; after: string },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    "UPDATE operators SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
    [operatorId, hashes.before, hashes.after],
  );
  return rowCount === 1;
}

interface Change {
  action: "disable_operator" | "enable_operator" | "set_role" | "set_password";
  reason: string;
  role?: Role;
  passwordHash?: string;
  isDisabled?: boolean;
}

// The enabled admins are held along with the operator, in one order: two admins who disable each other at the same time
// take turns, and the second one is told that it would be the last. NO KEY leaves the audit log's references alone.
const LOCK = `
SELECT id, username, role, disabled_at IS NOT NULL AS "isDisabled" FROM operators
WHERE username = $1 OR (role = 'admin' AND disabled_at IS NULL) ORDER BY id FOR NO KEY UPDATE`;

const UPDATE = `
UPDATE operators SET role = $2, password_hash = coalesce($3, password_hash),
  disabled_at = CASE WHEN $4 THEN coalesce(disabled_at, clock_timestamp()) END WHERE id = $1`;

function changeOperator(
  pool: pg.Pool,
  actor: Actor,
  username: string,
  { action, reason, passwordHash, ...change }: Change,
): Promise<ChangeOperatorResult> {
  return withAudit(pool, async (client): Promise<ChangeOperatorResult> => {
    const { rows } = await client.query<Operator & { isDisabled: boolean }>(LOCK, [username]);
    const found = rows.find((row) => row.username === username);
    if (!found) return { result: "not_found" };
    const { id } = found;
    const before = { role: found.role, disabled: found.isDisabled };
    const after = { role: change.role ?? found.role, disabled: change.isDisabled ?? found.isDisabled };
    const operator = { id, username, role: after.role };
    const isSame = before.role === after.role && before.disabled === after.disabled;
    if (isSame && passwordHash === undefined) return { result: "unchanged", operator };
    const isLeaving = isAdmin(before) && !isAdmin(after);
    const hasOthers = rows.some((row) => row.id !== id);
    if (isLeaving && !hasOthers && actor.via !== "cli") return { result: "last_admin" };
    await client.query(UPDATE, [id, after.role, passwordHash ?? null, after.disabled]);
    const sessionsEnded = await endOperatorSessions(client, id);
    await appendAudit(client, actor, [
      {
        action,
        target: id,
        reason,
        before: { username, ...before },
        after: { username, ...after, sessions_ended: sessionsEnded },
      },
    ]);
    return { result: "changed", operator, sessionsEnded };
  });
}

function isAdmin({ role, disabled }: { role: Role; disabled: boolean }): boolean {
  return role === "admin" && !disabled;
}
