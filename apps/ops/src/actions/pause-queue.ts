import { type Actor, pauseQueue as pause, resumeQueue as resume } from "@payonce/db/operations";
import { CHARGES_QUEUE, PayonceError, REFUNDS_QUEUE, WEBHOOKS_QUEUE } from "@payonce/domain";
import type pg from "pg";
import type { z } from "zod";
import { onlyReason } from "./reason.ts";

export const pauseQueueInput = onlyReason;

/** The queues that somebody works on. Nobody takes jobs from the dead letters, so there is nothing to pause. */
export const PAUSABLE_QUEUES: readonly string[] = [CHARGES_QUEUE, REFUNDS_QUEUE, WEBHOOKS_QUEUE];

type Input = z.output<typeof pauseQueueInput>;

/**
 * Has a queue's jobs left alone until it is resumed. Payments and refunds are accepted meanwhile. Pausing twice is no error.
 *
 * @throws PayonceError queue_not_found
 */
export async function pauseQueue(pool: pg.Pool, actor: Actor, queue: string, { reason }: Input) {
  requirePausable(queue);
  return { queue, paused: true, changed: await pause(pool, actor, queue, reason) };
}

/** @throws PayonceError queue_not_found */
export async function resumeQueue(pool: pg.Pool, actor: Actor, queue: string, { reason }: Input) {
  requirePausable(queue);
  return { queue, paused: false, changed: await resume(pool, actor, queue, reason) };
}

function requirePausable(queue: string): void {
  if (PAUSABLE_QUEUES.includes(queue)) return;
  throw new PayonceError(
    "queue_not_found",
    `There is no queue of this name to pause; there is ${PAUSABLE_QUEUES.join(", ")}.`,
  );
}
