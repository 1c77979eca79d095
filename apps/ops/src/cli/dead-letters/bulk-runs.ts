import { type BulkRun, listBulkRuns, readBulkRun } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import { type Command, Option } from "commander";
import { abortBulkRun, resumeBulkRun } from "../../actions/retry-many.ts";
import { toBulkRun } from "../../api/bulk-runs/bulk-run-resource.ts";
import type { Answer } from "../answer.ts";
import type { Cli } from "../cli.ts";
import { addLeaf } from "../leaf.ts";
import { listAnswer } from "../list-answer.ts";
import { idArgument, limitOption, reasonOption } from "../options.ts";
import type { Column } from "../terminal/table.ts";
import { shortTime } from "../terminal/words.ts";
import { describeRun } from "./describe-run.ts";
import { followRun } from "./follow-run.ts";

const COLUMNS: readonly Column<BulkRun>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "STARTED", value: ({ createdAt }) => shortTime(createdAt) },
  {
    title: "STATUS",
    value: ({ status }) => status,
    colour: ({ status }) => (status === "running" ? "bold" : undefined),
  },
  { title: "RETRIED", value: ({ retried, total }) => `${retried}/${total}`, isRight: true },
  { title: "LEFT ALONE", value: ({ changed, notDeadLettered }) => changed + notDeadLettered, isRight: true },
  { title: "TO GO", value: ({ left }) => left, isRight: true },
  { title: "RATE", value: ({ ratePerSecond }) => `${ratePerSecond}/s`, isRight: true },
  { title: "BY", value: ({ actor }) => actor },
  { title: "REASON", value: ({ reason }) => reason, isCuttable: true },
];

const runId = () => idArgument("blk", "run", "the run's id, as dead-letters runs shows it");
const detach = () => new Option("--detach", "do not wait for the end");

/** `payonce dead-letters runs`, `follow`, `abort`, `resume` */
export function addRuns(deadLetters: Command, cli: Cli): void {
  addLeaf<[], { limit: number }>(deadLetters, cli, {
    name: "runs",
    summary: "List runs over many dead letters, the newest first",
    examples: ["dead-letters runs"],
    options: [limitOption()],
    run: async (_values, { limit }) => {
      const rows = await listBulkRuns(cli.pool(), { limit: limit + 1 });
      const [shown, hasMore] = [rows.slice(0, limit), rows.length > limit];
      return listAnswer({
        columns: COLUMNS,
        rows: shown,
        hasMore,
        toResource: toBulkRun,
        nothing: "There was none yet.",
      });
    },
  });

  addLeaf<[string]>(deadLetters, cli, {
    name: "follow",
    summary: "Follow a run until it ends; Ctrl-C leaves it running",
    examples: ["dead-letters follow blk_01m814esw7e00bgbyj9j5g8yxa"],
    arguments: [runId()],
    run: async ([id]) => {
      if (!(await readBulkRun(cli.pool(), id)))
        throw new PayonceError("bulk_run_not_found", "There is no bulk run with this id.");
      return answerRun(await followRun(cli, id));
    },
  });

  addLeaf<[string], { reason: string }>(deadLetters, cli, {
    name: "abort",
    summary: "Stop a run; what was retried stays retried",
    examples: ['dead-letters abort blk_01m814esw7e00bgbyj9j5g8yxa --reason "The provider is down again"'],
    arguments: [runId()],
    options: [reasonOption()],
    run: async ([id], input) => {
      const run = await abortBulkRun(cli.pool(), cli.actor, id, input);
      return { ...answerRun(run), exitCode: 0 };
    },
  });

  addLeaf<[string], { reason: string; detach?: boolean }>(deadLetters, cli, {
    name: "resume",
    summary: "Go on with a run that was stopped",
    examples: ['dead-letters resume blk_01m814esw7e00bgbyj9j5g8yxa --reason "The provider is back"'],
    arguments: [runId()],
    options: [reasonOption(), detach()],
    run: async ([id], { reason, detach: isDetached }) => {
      const run = await resumeBulkRun(cli.pool(), cli.actor, id, { reason });
      return answerRun(isDetached ? run : await followRun(cli, id));
    },
  });
}

/** A run that somebody stopped before its end was not done. */
export function answerRun(run: BulkRun): Answer {
  return {
    json: toBulkRun(run),
    text: () => describeRun(run),
    exitCode: run.status === "aborted" ? 1 : 0,
  };
}
