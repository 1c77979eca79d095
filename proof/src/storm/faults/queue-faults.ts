import {
  CHARGES_QUEUE,
  chargeJobId,
  DEAD_LETTER_QUEUE,
  REFUND_DEAD_LETTER_QUEUE,
  REFUNDS_QUEUE,
  refundJobId,
  WEBHOOKS_QUEUE,
} from "@payonce/domain";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import type { Random } from "../random.ts";
import type { Arena, Fault } from "./fault.ts";

const PREFIX = "payonce";

/** Whoever can write to Redis can do these. None may move money. */
export const queueFaults: readonly Fault[] = [
  queueFault(
    "queue-duplicates",
    "jobs are delivered again and again, under ids of their own",
    async (arena, queue, random) => {
      const ids = await anyIds(arena, "payments", random);
      await queue(CHARGES_QUEUE).addBulk(
        ids.flatMap((paymentId, i) =>
          ["charge-payment", "look-again"].map((name) => ({
            name,
            data: { paymentId, dispatch: 0 },
            opts: { jobId: `again-${random.between(0, 1e9)}-${i}-${name}`, removeOnComplete: true, removeOnFail: true },
          })),
        ),
      );
      const refundIds = await anyIds(arena, "refunds", random);
      await queue(REFUNDS_QUEUE).addBulk(
        refundIds.flatMap((refundId, i) =>
          ["refund-payment", "look-again"].map((name) => ({
            name,
            data: { refundId, dispatch: 0 },
            opts: { jobId: `again-${random.between(0, 1e9)}-${i}-${name}`, removeOnComplete: true, removeOnFail: true },
          })),
        ),
      );
      return `${ids.length} payments, ${refundIds.length} refunds`;
    },
  ),
  queueFault("queue-poison", "jobs of data that means nothing", async (_arena, queue, random) => {
    const poison: unknown[] = [
      null,
      "text",
      { paymentId: 7 },
      { paymentId: "pay_00000000000000000000000000", dispatch: 0 },
      { paymentId: "'; DROP TABLE payments; --", dispatch: 0 },
      { paymentId: "pay_00000000000000000000000000", dispatch: 0, amount: 1 },
    ];
    for (const name of [CHARGES_QUEUE, REFUNDS_QUEUE, WEBHOOKS_QUEUE])
      await queue(name).addBulk(
        poison.map((data, i) => ({
          name: random.pick(["charge-payment", "refund-payment", "nonsense"]),
          data,
          opts: { jobId: `poison-${random.between(0, 1e9)}-${i}` },
        })),
      );
    return `${3 * poison.length} jobs`;
  }),
  queueFault(
    "queue-corrupt",
    "the data of waiting jobs is overwritten: other payments, other amounts, half a JSON",
    async (arena, queue, random) => {
      const [mine, other] = [await anyIds(arena, "payments", random), await anyIds(arena, "payments", random)];
      const charges = queue(CHARGES_QUEUE);
      const redis = queue.redis;
      let count = 0;
      for (const [i, paymentId] of mine.entries()) {
        const key = charges.toKey(chargeJobId({ paymentId, dispatch: 0 }));
        if ((await redis.exists(key)) === 0) continue;
        const lie = random.pick([
          '{"paymentId":',
          JSON.stringify({ paymentId: other[i] ?? paymentId, dispatch: 0 }),
          JSON.stringify({ paymentId, dispatch: 0, amount: 1, currency: "usd" }),
          JSON.stringify({ paymentId, dispatch: 99 }),
        ]);
        await redis.hset(key, { data: lie });
        count += 1;
      }
      return `${count} jobs`;
    },
  ),
  queueFault(
    "queue-lose",
    "single jobs are removed, also from the dead-letter queues, and lists are deleted",
    async (arena, queue, random) => {
      const ids = await anyIds(arena, "payments", random);
      const refundIds = await anyIds(arena, "refunds", random);
      for (const paymentId of ids)
        await queue(CHARGES_QUEUE)
          .remove(chargeJobId({ paymentId, dispatch: 0 }))
          .catch(() => {});
      for (const refundId of refundIds)
        await queue(REFUNDS_QUEUE)
          .remove(refundJobId({ refundId, dispatch: 0 }))
          .catch(() => {});
      const charges = queue(CHARGES_QUEUE);
      const list = random.pick(["wait", "delayed", "active"]);
      const redis = queue.redis;
      await redis.del(charges.toKey(list));
      for (const name of [DEAD_LETTER_QUEUE, REFUND_DEAD_LETTER_QUEUE]) await redis.del(queue(name).toKey("wait"));
      return `${ids.length + refundIds.length} jobs, and the list ${list}`;
    },
  ),
];

interface Open {
  (name: string): Queue;
  redis: Redis;
}

function queueFault(
  name: string,
  about: string,
  harm: (arena: Arena, queue: Open, random: Random) => Promise<string>,
): Fault {
  return {
    name,
    group: "queue",
    about,
    async strike(arena, random) {
      const connection = new Redis(arena.stack.redisUrl, {
        lazyConnect: true,
        retryStrategy: () => null,
        connectTimeout: 2_000,
        commandTimeout: 3_000,
      });
      connection.on("error", () => {});
      const queues = new Map<string, Queue>();
      const openQueue = (name: string) => {
        const kept = queues.get(name);
        if (kept) return kept;
        const queue = new Queue(name, { connection, prefix: PREFIX, skipVersionCheck: true });
        queue.on("error", () => {});
        queues.set(name, queue);
        return queue;
      };
      const open: Open = Object.assign(openQueue, { redis: connection });
      try {
        await connection.connect();
        return await harm(arena, open, random);
      } catch {
        return null;
      } finally {
        connection.disconnect();
      }
    },
  };
}

/** Some of the newest. */
async function anyIds({ stack }: Arena, table: "payments" | "refunds", random: Random): Promise<string[]> {
  const [limit, offset] = [random.between(5, 40), random.between(0, 20)];
  const { rows } = await stack.db.pool.query<{ id: string }>(
    `SELECT id FROM ${table} ORDER BY id DESC LIMIT $1 OFFSET $2`,
    [limit, offset],
  );
  return rows.map(({ id }) => id);
}
