import type pg from "pg";

export type OutboxKind =
  /** A new payment: a job, and an event. */
  | "accepted"
  /** A payment whose job was lost, or that an operator sends again: a job. */
  | "dispatch"
  /** Evidence came in that changed nothing yet: a job that looks at once. */
  | "look_again"
  /** A transition a merchant can care about: an event. */
  | "event"
  /** A dead letter, and an event. */
  | "dead_lettered"
  /** A refund that has no job, because it is new, its job was lost, or an operator sends it again: a job. */
  | "refund_dispatch"
  /** Evidence about a refund: a job that looks at once. */
  | "refund_look"
  /** A refund's dead letter; its event is a row of its own. */
  | "refund_dead_lettered"
  /** Something was refunded at the provider, and nobody said which of ours it was: a job that compares them all. */
  | "refunds_compare";

export interface OutboxRow {
  /** A bigint as text. */
  id: string;
  kind: OutboxKind;
  paymentId: string;
  /** Where the row is about a refund: `version` and `dispatch` are then the refund's. */
  refundId: string | null;
  version: number;
  dispatch: number;
}

// What a power cut takes back of these commits is published once more, as after any crash: there is no need to wait for the
// disk. A relay that is stopped in here must not hide its rows for ever: the server ends the session, and another takes over.
const BEGIN = "BEGIN; SET LOCAL synchronous_commit = off; SET LOCAL idle_in_transaction_session_timeout = '10s'";

// SKIP LOCKED lets any number of relays share the work. No cursor of the form "id > last seen": ids are given out before
// their rows are committed, so a slow transaction's row would be passed over for ever. Deleted first, and committed last:
// until then the rows are merely locked.
const TAKE = {
  name: "take-outbox-rows",
  text: `DELETE FROM outbox WHERE id = ANY (ARRAY(
      SELECT id FROM outbox WHERE not_before <= now() ORDER BY not_before, id LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING id, kind, payment_id AS "paymentId", refund_id AS "refundId", version, dispatch`,
};

const PUT_OFF = `WITH d AS (DELETE FROM outbox WHERE id = ANY ($1::bigint[]))
  UPDATE outbox SET tries = tries + 1, not_before = now() + least(power(2, least(tries, 10)), 300) * interval '1 s'
  WHERE id = ANY ($2::bigint[])`;

/**
 * Takes due outbox rows, has them published, and forgets those that were. The rows stay locked, and are there again when
 * this process dies: a crash between publishing and commit publishes once more, which the claim absorbs.
 *
 * @param pool sessions that find rows by key and keep their plans (see `connectDatabase`): the outbox is near empty as a
 *   rule, and a plan from then would read all of a backlog
 * @param publish puts the rows into Redis, oldest first; answers with the ids of rows that cannot be published (they back
 *   off, and keep their place). When it throws, all rows stay as they are.
 * @returns how many rows were taken
 */
export async function relayBatch(
  pool: pg.Pool,
  limit: number,
  publish: (rows: readonly OutboxRow[]) => Promise<ReadonlySet<string>>,
): Promise<number> {
  const client = await pool.connect();
  let failure: Error | undefined;
  // The server may end the session between two statements; unheard, that would end the process. The next statement fails.
  const noteEnd = () => {};
  client.on("error", noteEnd);
  try {
    await client.query(BEGIN);
    const { rows } = await client.query<OutboxRow>({ ...TAKE, values: [limit] });
    rows.sort((a, b) => Number(a.id) - Number(b.id));
    const failed = rows.length > 0 ? await publish(rows) : NONE;
    if (failed.size === 0) await client.query("COMMIT");
    else {
      // In between another relay may publish all of them once more, which does no harm.
      await client.query("ROLLBACK");
      const done = rows.map(({ id }) => id).filter((id) => !failed.has(id));
      await client.query(PUT_OFF, [done, [...failed]]);
    }
    return rows.length;
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    client.off("error", noteEnd);
    // Destroying the connection of a failed batch is the roll-back that needs no answer from the server.
    client.release(failure);
  }
}

const NONE: ReadonlySet<string> = new Set();
