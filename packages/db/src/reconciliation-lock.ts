import type pg from "pg";

/**
 * Does what only one process may do at a time. The lock is the session's: it ends with the process that holds it, and
 * whoever writes through the session still has it. That takes a connection of its own to Postgres while the work lasts.
 *
 * @param idleLimitMs the server ends the session, and with it the lock, when it hears nothing for so long: a process that
 *   was stopped must not keep the others out for ever
 * @returns `taken` when another has the lock: then nothing was done
 */
export async function withReconciliationLock<T>(
  pool: pg.Pool,
  name: string,
  idleLimitMs: number,
  work: (session: pg.PoolClient) => Promise<T>,
): Promise<T | "taken"> {
  const session = await pool.connect();
  // The server may end the session between two statements; unheard, that would end the process. The next statement fails.
  const noteEnd = () => {};
  session.on("error", noteEnd);
  let failure: Error | undefined;
  try {
    await session.query("SELECT set_config('idle_session_timeout', $1, false)", [String(Math.ceil(idleLimitMs))]);
    const { rows } = await session.query<{ isOurs: boolean }>(
      `SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS "isOurs"`,
      [`payonce reconciliation ${name}`],
    );
    return rows[0]?.isOurs ? await work(session) : "taken";
  } finally {
    try {
      await session.query("SELECT pg_advisory_unlock_all(); RESET idle_session_timeout");
    } catch (error) {
      failure = error as Error;
    }
    session.off("error", noteEnd);
    // A session that cannot be asked is destroyed, and the lock goes with it.
    session.release(failure);
  }
}
