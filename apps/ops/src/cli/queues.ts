import { listQueuePauses, type QueuePause } from "@payonce/db/operations";
import { Argument, type Command } from "commander";
import { PAUSABLE_QUEUES, pauseQueue, resumeQueue } from "../actions/pause-queue.ts";
import type { JobCounts } from "../api/queues/count-jobs.ts";
import { toQueuePause } from "../api/queues/queue-pause-resource.ts";
import { toQueue } from "../api/queues/queue-resource.ts";
import { SHOWN_QUEUES } from "../dashboard/shown-queues.ts";
import type { Cli } from "./cli.ts";
import { addGroup, addLeaf } from "./leaf.ts";
import { listAnswer } from "./list-answer.ts";
import { reasonOption } from "./options.ts";
import { readJobCounts } from "./read-job-counts.ts";
import type { Column } from "./terminal/table.ts";
import { shortTime } from "./terminal/words.ts";

interface ShownQueue {
  queue: string;
  /** Null while Redis is away. */
  jobs: JobCounts | null;
  pause: QueuePause | undefined;
}

const COLUMNS: readonly Column<ShownQueue>[] = [
  { title: "QUEUE", value: ({ queue }) => queue },
  { title: "WAITING", value: ({ jobs }) => jobs && jobs.waiting + jobs.prioritized, isRight: true },
  { title: "ACTIVE", value: ({ jobs }) => jobs?.active, isRight: true },
  { title: "DELAYED", value: ({ jobs }) => jobs?.delayed, isRight: true },
  { title: "FAILED", value: ({ jobs }) => jobs?.failed, isRight: true },
  { title: "PAUSED SINCE", value: ({ pause }) => shortTime(pause?.pausedAt), colour: () => "yellow" },
  { title: "BECAUSE", value: ({ pause }) => pause?.reason, isCuttable: true },
];

/** `payonce queues …` */
export function addQueues(program: Command, cli: Cli): void {
  const queues = addGroup(program, "queues", "The BullMQ queues, and whether they are paused");

  addLeaf(queues, cli, {
    name: "list",
    summary: "List the queues with their jobs",
    details: "Jobs that are delayed wait for their next attempt. Nobody takes those of a dead-letter queue.",
    examples: ["queues list"],
    run: async () => {
      const names = SHOWN_QUEUES.map(({ name }) => name);
      const [pauses, jobs] = await Promise.all([listQueuePauses(cli.pool()), readJobCounts(cli, names)]);
      const rows = names.map((queue, i) => ({
        queue,
        jobs: jobs[i] ?? null,
        pause: pauses.find((pause) => pause.queue === queue),
      }));
      const toResource = ({ queue, pause, jobs }: ShownQueue) => toQueue(queue, pause, jobs);
      return listAnswer({ columns: COLUMNS, rows, toResource, nothing: "There is none." });
    },
  });

  const queue = () => new Argument("<queue>", `which queue: ${PAUSABLE_QUEUES.join(", ")}`);

  addLeaf<[string], { reason: string }>(queues, cli, {
    name: "pause",
    summary: "Have nothing charged, refunded or told until it is resumed; requests are taken meanwhile",
    examples: ['queues pause charges --reason "The bank does maintenance until 04:00"'],
    arguments: [queue()],
    options: [reasonOption()],
    run: async ([name], input) => {
      const paused = await pauseQueue(cli.pool(), cli.actor, name, input);
      const what = paused.changed
        ? "is paused: what is in flight finishes, nothing new is begun"
        : "was paused already";
      return { json: toQueuePause(paused), text: () => `${name} ${what}.\n` };
    },
  });

  addLeaf<[string], { reason: string }>(queues, cli, {
    name: "resume",
    summary: "Have done again what waited",
    examples: ['queues resume charges --reason "Maintenance is over"'],
    arguments: [queue()],
    options: [reasonOption()],
    run: async ([name], input) => {
      const resumed = await resumeQueue(cli.pool(), cli.actor, name, input);
      const what = resumed.changed ? "goes on within half a minute" : "was not paused";
      return { json: toQueuePause(resumed), text: () => `${name} ${what}.\n` };
    },
  });
}
