import { findOutdatedDeadLetters, listDeadLettered } from "@payonce/db";
import type { DeadLetterJob } from "@payonce/domain";
import type pg from "pg";

/** The dead-letter queue, as far as mending it goes. */
export interface DeadLetterQueue {
  addDeadLetters(letters: readonly DeadLetterJob[]): Promise<void>;
  listDeadLetters(start: number, count: number): Promise<DeadLetterJob[]>;
  removeDeadLetters(letters: readonly DeadLetterJob[]): Promise<void>;
}

const PAGE = 500;

/**
 * Makes `charges-dead-letter` say what Postgres says: a job for each dead-lettered payment, and no other. Adding is
 * idempotent by the job's id, so those that are there already stay as they are.
 *
 * @returns how many jobs were removed
 */
export async function mendDeadLetters(pool: pg.Pool, queue: DeadLetterQueue): Promise<number> {
  for (let after = ""; ; ) {
    const letters = await listDeadLettered(pool, after, PAGE);
    if (letters.length > 0) await queue.addDeadLetters(letters);
    const last = letters.at(-1);
    if (!last || letters.length < PAGE) break;
    after = last.paymentId;
  }
  let removed = 0;
  for (let start = 0; ; ) {
    const letters = await queue.listDeadLetters(start, PAGE);
    const outdated = await findOutdatedDeadLetters(pool, letters);
    await queue.removeDeadLetters(outdated);
    removed += outdated.length;
    // What was removed has moved the rest of the list forward.
    start += letters.length - outdated.length;
    if (letters.length < PAGE) return removed;
  }
}
