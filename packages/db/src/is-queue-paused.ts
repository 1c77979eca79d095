import type pg from "pg";

/** Whether an operator has paused the queue. */
export async function isQueuePaused(pool: pg.Pool, queue: string): Promise<boolean> {
  const { rowCount } = await pool.query("SELECT 1 FROM queue_pauses WHERE queue = $1", [queue]);
  return rowCount === 1;
}
