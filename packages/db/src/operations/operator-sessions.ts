import type pg from "pg";
import type { Operator } from "./operators.ts";

/** After so long without a word from the person, a session is over. OWASP: 15 to 30 minutes for what is not high-risk. */
export const SESSION_IDLE_MINUTES = 30;
/** So long at most, however busy: a working day. A copied cookie is worth no more than that. */
export const SESSION_LIFETIME_HOURS = 12;

/**
 * Starts a session.
 *
 * @param tokenHash SHA-256 of the token that the browser keeps
 * @param passwordHash the one that was checked: a session must not outlive a password that was changed meanwhile
 * @returns false when the operator has been disabled or has another password by now; there is no session then
 */
export async function createOperatorSession(
  pool: pg.Pool,
  { tokenHash, operatorId, passwordHash }: { tokenHash: Buffer; operatorId: string; passwordHash: string },
): Promise<boolean> {
  // FOR SHARE waits for whoever is changing the operator, and then looks again.
  const { rowCount } = await pool.query(
    `INSERT INTO operator_sessions (token_hash, operator_id, expires_at)
     SELECT $1, id, clock_timestamp() + interval '${SESSION_LIFETIME_HOURS} hours' FROM operators
     WHERE id = $2 AND password_hash = $3 AND disabled_at IS NULL FOR SHARE`,
    [tokenHash, operatorId, passwordHash],
  );
  return rowCount === 1;
}

// The database's clock, not a process's: a session is over for all processes at the same time.
const IS_LIVE = `s.token_hash = $1 AND o.disabled_at IS NULL AND s.expires_at > clock_timestamp()
  AND s.last_seen_at > clock_timestamp() - interval '${SESSION_IDLE_MINUTES} minutes'`;

const LOOK = `
SELECT o.id, o.username, o.role FROM operator_sessions AS s JOIN operators AS o ON o.id = s.operator_id WHERE ${IS_LIVE}`;

const SEE = `
UPDATE operator_sessions AS s SET last_seen_at = clock_timestamp() FROM operators AS o
WHERE o.id = s.operator_id AND ${IS_LIVE} RETURNING o.id, o.username, o.role`;

/**
 * Whose session it is, with the role of now; null when there is none, or it is over, or the operator is disabled.
 *
 * @param isActivity false for what a page asks by itself: a screen that nobody sits at must not stay signed in
 */
export async function findOperatorSession(
  pool: pg.Pool,
  tokenHash: Buffer,
  { isActivity }: { isActivity: boolean },
): Promise<Operator | null> {
  const { rows } = await pool.query<Operator>({
    name: isActivity ? "see-operator-session" : "look-at-operator-session",
    text: isActivity ? SEE : LOOK,
    values: [tokenHash],
  });
  return rows[0] ?? null;
}

/** Ends one session; one that is over already is none. */
export async function endOperatorSession(pool: pg.Pool, tokenHash: Buffer): Promise<void> {
  await pool.query("DELETE FROM operator_sessions WHERE token_hash = $1", [tokenHash]);
}

/** Ends all sessions of an operator, and says how many rows there were. */
export async function endOperatorSessions(client: pg.Pool | pg.PoolClient, operatorId: string): Promise<number> {
  const { rowCount } = await client.query("DELETE FROM operator_sessions WHERE operator_id = $1", [operatorId]);
  return rowCount ?? 0;
}

/** Forgets the sessions that nobody can use any more, and says how many. */
export async function deleteExpiredOperatorSessions(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM operator_sessions WHERE expires_at <= clock_timestamp()
     OR last_seen_at <= clock_timestamp() - interval '${SESSION_IDLE_MINUTES} minutes'`,
  );
  return rowCount ?? 0;
}
