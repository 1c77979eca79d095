import type pg from "pg";

/** Has the queue's jobs left alone until `resumeQueue`. Kept here, because Redis would forget it. */
export async function pauseQueue(pool: pg.Pool, queue: string, reason: string): Promise<void> {
  await pool.query("INSERT INTO queue_pauses (queue, reason) VALUES ($1, $2) ON CONFLICT (queue) DO NOTHING", [
    queue,
    reason,
  ]);
}

export async function resumeQueue(pool: pg.Pool, queue: string): Promise<void> {
  await pool.query("DELETE FROM queue_pauses WHERE queue = $1", [queue]);
}

export async function isQueuePaused(pool: pg.Pool, queue: string): Promise<boolean> {
  const { rowCount } = await pool.query("SELECT 1 FROM queue_pauses WHERE queue = $1", [queue]);
  return rowCount === 1;
}
