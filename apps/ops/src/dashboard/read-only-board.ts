import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import type { AfterHook, UIConfig } from "@bull-board/api/typings/app";
import { Queue } from "bullmq";
import type { Express } from "express";
import type { Redis } from "ioredis";
import { ReadingAdapter } from "./reading-adapter.ts";
import { SHOWN_ANSWERS } from "./shown-answers.ts";
import type { ShownQueue } from "./shown-queues.ts";

export interface BoardOptions {
  /** A connection that fails at once while Redis is away. */
  redis: Redis;
  prefix: string;
  /** Where the board is mounted, without a slash at its end. */
  basePath: string;
  queues: readonly ShownQueue[];
}

/**
 * bull-board over our queues, reading and no more. Its answers are cut down to what may be shown.
 *
 * @returns the app to be mounted, and the files of its user interface, as paths behind the mount
 */
export function createReadOnlyBoard({ redis, prefix, basePath, queues }: BoardOptions): {
  app: Express;
  assets: ReadonlySet<string>;
} {
  const serverAdapter = new ReadingAdapter(redis);
  serverAdapter.setBasePath(basePath);
  const after: AfterHook = ({ route, request: { params } }, { status = 200, body }) => {
    if (status >= 400) return { status, body };
    const { queueName, jobId } = params as { queueName: string; jobId: string };
    return { status, body: SHOWN_ANSWERS[route]?.(body as never, { queues, queueName, jobId }) ?? {} };
  };
  createBullBoard({
    queues: queues.map(({ name, description }) => {
      // Without the two, it would write its version into the queue, and ask Redis for its own.
      const queue = new Queue(name, { connection: redis, prefix, skipMetasUpdate: true, skipVersionCheck: true });
      queue.on("error", () => {}); // the connection itself logs
      return new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false, description });
    }),
    serverAdapter,
    options: { uiConfig: UI_CONFIG, handlerHooks: { after } },
  });
  return { app: serverAdapter.getRouter(), assets: serverAdapter.assets };
}

const IN_UTC: Intl.DateTimeFormatOptions = {
  year: "numeric",
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZone: "UTC",
  timeZoneName: "short",
};

const UI_CONFIG: UIConfig = {
  boardTitle: "Payonce queues",
  miscLinks: [{ text: "Back to the console", url: "/" }],
  locale: { lng: "en-US" },
  dateFormats: { short: IN_UTC, common: IN_UTC, full: IN_UTC },
  hideDocsLink: true,
  // What these would show is closed.
  hideRedisDetails: true,
  showWorkers: false,
  showMetrics: false,
};
