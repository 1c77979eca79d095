import { findOutdatedDeadLetters, listDeadLettered } from "@payonce/db";
import { type DeadLetterJob, deadLetterJobId } from "@payonce/domain";
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
  jobIdOf(letter: Letter): string;
  /** Those that there should be, by id, from after this one on. */
  list(after: string, limit: number): Promise<Letter[]>;
  /** Of these, those that there should not be. */
  findOutdated(letters: readonly Letter[]): Promise<Letter[]>;
}

const PAGE = 500;

/**
 * Makes a dead-letter queue say what Postgres says: a job for each dead letter, and no other.
 *
 * @returns how many jobs were removed because there should be none
 */
export async function mendLetters<Letter>(options: LettersToMend<Letter>): Promise<number> {
  const { queue, jobIdOf, findOutdated } = options;
  const missing = await readWanted(options);
  let removed = 0;
  for (let start = 0; ; ) {
    const letters = await queue.listDeadLetters(start, PAGE);
    for (const letter of letters) missing.delete(jobIdOf(letter));
    const outdated = await findOutdated(letters);
    await queue.removeDeadLetters(outdated);
    removed += outdated.length;
    // What was removed has moved the rest of the list forward.
    start += letters.length - outdated.length;
    if (letters.length < PAGE) break;
  }
  const toAdd = [...missing.values()];
  for (let start = 0; start < toAdd.length; start += PAGE) {
    const letters = toAdd.slice(start, start + PAGE);
    // What a job has left behind whose list is gone would keep another of its id from being added.
    await queue.removeDeadLetters(letters);
    await queue.addDeadLetters(letters);
  }
  return removed;
}

async function readWanted<Letter>({ idOf, jobIdOf, list }: LettersToMend<Letter>): Promise<Map<string, Letter>> {
  const wanted = new Map<string, Letter>();
  for (let after = ""; ; ) {
    const letters = await list(after, PAGE);
    for (const letter of letters) wanted.set(jobIdOf(letter), letter);
    const last = letters.at(-1);
    if (!last || letters.length < PAGE) return wanted;
    after = idOf(last);
  }
}

/** Mends `charges-dead-letter`. */
export function mendDeadLetters(pool: pg.Pool, queue: DeadLetterQueue): Promise<number> {
  return mendLetters({
    queue,
    idOf: ({ paymentId }) => paymentId,
    jobIdOf: deadLetterJobId,
    list: (after, limit) => listDeadLettered(pool, after, limit),
    findOutdated: (letters) => findOutdatedDeadLetters(pool, letters),
  });
}
