import { findOutdatedDeadLetters, listDeadLettered } from "@payonce/db";
import type { DeadLetterJob } from "@payonce/domain";
import type pg from "pg";

/** A dead-letter queue, as far as mending it goes. */
export interface DeadLetterQueue<Letter = DeadLetterJob> {
  addDeadLetters(letters: readonly Letter[]): Promise<void>;
  listDeadLetters(start: number, count: number): Promise<Letter[]>;
  removeDeadLetters(letters: readonly Letter[]): Promise<void>;
}

/** The queue, and what Postgres says of it. */
export interface LettersToMend<Letter> {
  queue: DeadLetterQueue<Letter>;
  idOf(letter: Letter): string;
  /** Those that there should be, by id, from after this one on. */
  list(after: string, limit: number): Promise<Letter[]>;
  /** Of these, those that there should not be. */
  findOutdated(letters: readonly Letter[]): Promise<Letter[]>;
}

const PAGE = 500;

/**
 * Makes a dead-letter queue say what Postgres says: a job for each dead letter, and no other. Adding is idempotent by the
 * job's id, so those that are there already stay as they are.
 *
 * @returns how many jobs were removed
 */
export async function mendLetters<Letter>({ queue, idOf, list, findOutdated }: LettersToMend<Letter>): Promise<number> {
  for (let after = ""; ; ) {
    const letters = await list(after, PAGE);
    if (letters.length > 0) await queue.addDeadLetters(letters);
    const last = letters.at(-1);
    if (!last || letters.length < PAGE) break;
    after = idOf(last);
  }
  let removed = 0;
  for (let start = 0; ; ) {
    const letters = await queue.listDeadLetters(start, PAGE);
    const outdated = await findOutdated(letters);
    await queue.removeDeadLetters(outdated);
    removed += outdated.length;
    // What was removed has moved the rest of the list forward.
    start += letters.length - outdated.length;
    if (letters.length < PAGE) return removed;
  }
}

/** Mends `charges-dead-letter`. */
export function mendDeadLetters(pool: pg.Pool, queue: DeadLetterQueue): Promise<number> {
  return mendLetters({
    queue,
    idOf: ({ paymentId }) => paymentId,
    list: (after, limit) => listDeadLettered(pool, after, limit),
    findOutdated: (letters) => findOutdatedDeadLetters(pool, letters),
  });
}
