import type pg from "pg";
import { type Actor, appendAudit, withAudit } from "./audit.ts";

export interface QueuePause {
  queue: string;
  reason: string;
  pausedAt: Date;
}

/**
 * Has the queue's jobs left alone until `resumeQueue`. Kept in Postgres, because Redis would forget it.
 *
 * @returns false when it was paused already
 */
export function pauseQueue(pool: pg.Pool, actor: Actor, queue: string, reason: string): Promise<boolean> {
  return withAudit(pool, async (client) => {
    const { rows } = await client.query<{ pausedAt: Date }>(
      `INSERT INTO queue_pauses (queue, reason) VALUES ($1, $2) ON CONFLICT (queue) DO NOTHING RETURNING paused_at AS "pausedAt"`,
      [queue, reason],
    );
    if (!rows[0]) return false;
    const after = { paused: true, paused_at: rows[0].pausedAt };
    await appendAudit(client, actor, [
      { action: "pause_queue", target: queue, reason, before: { paused: false }, after },
    ]);
    return true;
  });
}

/** @returns false when it was not paused */
export function resumeQueue(pool: pg.Pool, actor: Actor, queue: string, reason: string): Promise<boolean> {
  return withAudit(pool, async (client) => {
    const { rows } = await client.query<{ reason: string; pausedAt: Date }>(
      `DELETE FROM queue_pauses WHERE queue = $1 RETURNING reason, paused_at AS "pausedAt"`,
      [queue],
    );
    const [pause] = rows;
    if (!pause) return false;
    const before = { paused: true, paused_at: pause.pausedAt, reason: pause.reason };
    await appendAudit(client, actor, [
      { action: "resume_queue", target: queue, reason, before, after: { paused: false } },
    ]);
    return true;
  });
}

/** The queues that operators have paused. */
export async function listQueuePauses(pool: pg.Pool): Promise<QueuePause[]> {
  const { rows } = await pool.query<QueuePause>(
    `SELECT queue, reason, paused_at AS "pausedAt" FROM queue_pauses ORDER BY queue`,
  );
  return rows;
}
