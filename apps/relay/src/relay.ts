import { type OutboxRow, relayBatch } from "@payonce/db";
import { crashPoint, type Logger } from "@payonce/service";
import type pg from "pg";
import { createLoop } from "./loop.ts";

export interface RelayOptions {
  pool: pg.Pool;
  /** Puts rows into Redis; answers with the ids of those that cannot be published. Throws when Redis is away. */
  publish: (rows: readonly OutboxRow[]) => Promise<ReadonlySet<string>>;
  batchSize: number;
  pollMs: number;
  onPublished?: (count: number) => void;
  logger: Logger;
}

/**
 * Moves outbox rows to Redis: woken by NOTIFY, and by itself every `pollMs`, because a notification that nobody heard is
 * gone. Any number of relays may run; none needs to know of another.
 */
export function createRelay({ pool, publish, batchSize, pollMs, onPublished, logger }: RelayOptions) {
  /** @returns how many rows were taken */
  const runOnce = async (): Promise<number> => {
    const count = await relayBatch(pool, batchSize, async (rows) => {
      crashPoint("publish.before");
      const failed = await publish(rows);
      crashPoint("publish.after");
      return failed;
    });
    if (count === 0) return 0;
    crashPoint("relay.after");
    onPublished?.(count);
    return count;
  };
  const step = async () => ((await runOnce()) === batchSize ? 0 : pollMs);
  return { runOnce, ...createLoop("relay", step, logger) };
}
