import type { BulkRun } from "@payonce/db/operations";
import { readBulkRun } from "@payonce/db/operations";
import { type Command, Option } from "commander";
import { retryMany, retryManyInput } from "../../actions/retry-many.ts";
import { retryPayment } from "../../actions/retry-payment.ts";
import { toPaymentAction } from "../../api/payments/payment-action.ts";
import type { Answer } from "../answer.ts";
import type { Cli } from "../cli.ts";
import { addLeaf } from "../leaf.ts";
import { idsArgument, optionalReasonOption, wholeOption } from "../options.ts";
import { quoteArgument } from "../terminal/quote-argument.ts";
import { count, describeAge } from "../terminal/words.ts";
import { UsageError } from "../usage-error.ts";
import { answerRun } from "./bulk-runs.ts";
import { type FilterOptions, filterOptions, toFilter, writeFilter } from "./filter-options.ts";
import { followRun } from "./follow-run.ts";

type Selection = Parameters<typeof retryMany>[2]["selection"];

interface RetryOptions extends FilterOptions {
  all?: boolean;
  /** Undefined where not said: then it depends on how many were named. */
  dryRun?: boolean;
  expect?: number;
  rate: number;
  reason?: string;
  detach?: boolean;
}

/** `payonce dead-letters retry` */
export function addRetry(deadLetters: Command, cli: Cli): void {
  addLeaf<[string[] | undefined], RetryOptions>(deadLetters, cli, {
    name: "retry",
    summary: "Give dead letters a new round of attempts",
    details: `One that is named is retried at once. Several, --all, or those of a filter are first only counted, and the command that
does it is shown. It runs in the background, at a rate; this command follows it, and Ctrl-C leaves it running.
Retrying charges nobody twice: where it is unknown whether money moved, the provider is asked first.`,
    examples: [
      'dead-letters retry pay_01m814esw7e00bgbyj9j5g8yxa --reason "The card works again"',
      "dead-letters retry --cause attempts_spent --older-than 2h",
      "dead-letters retry --cause attempts_spent --older-than 2h \\\n" +
        '    --no-dry-run --expect 123 --rate 20 --reason "The bank\'s outage is over"',
    ],
    arguments: [idsArgument("pay", "payments", "the dead letters, by id")],
    options: [
      new Option("--all", "all dead letters there are"),
      ...filterOptions(),
      new Option("--dry-run", "only count"),
      new Option("--no-dry-run", "do it, for as many as --expect says"),
      wholeOption(
        "--expect <n>",
        "how many there are, as the dry run said; with another number nothing is done",
        0,
        100_000_000,
      ),
      wholeOption("--rate <n>", "how many a second", 1, 1_000).default(20),
      optionalReasonOption(),
      new Option("--detach", "do not wait for the end"),
    ],
    run: ([ids = []], options) => {
      const selection = selectionOf(ids, options);
      const [only] = ids;
      if (ids.length === 1 && only && options.dryRun !== true) return retryOne(cli, only, options);
      return options.dryRun === false ? retryAll(cli, selection, options) : countFirst(cli, selection, ids, options);
    },
  });
}

async function retryOne(cli: Cli, id: string, { reason }: RetryOptions): Promise<Answer> {
  const retried = await retryPayment(cli.pool(), cli.actor, id, { reason: requireReason(reason) });
  const text =
    retried.status === "unknown" ? "is looked up at the provider, and then charged if it was not" : "is charged anew";
  return { json: toPaymentAction("retry", retried), text: () => `${id} ${text}.\n` };
}

function selectionOf(ids: string[], options: RetryOptions): Selection {
  const filter = toFilter(options);
  const isFiltered = Object.keys(filter).length > 0;
  if ([ids.length > 0, isFiltered, options.all === true].filter(Boolean).length > 1)
    throw new UsageError("Name payments, or give a filter, or --all: one of the three.");
  if (ids.length > 0) {
    const named = retryManyInput.shape.selection.safeParse({ ids });
    if (!named.success) throw new UsageError("So many cannot be named at once; a filter can find them.");
    return named.data;
  }
  if (isFiltered || options.all) return { filter };
  throw new UsageError("Say which: payment ids, a filter such as --cause attempts_spent, or --all.");
}

async function countFirst(
  cli: Cli,
  selection: Selection,
  ids: readonly string[],
  options: RetryOptions,
): Promise<Answer> {
  const { rate: ratePerSecond, reason = "dry run" } = options;
  const counted = await retryMany(cli.pool(), cli.actor, { selection, reason, ratePerSecond, dryRun: true });
  if (!counted.dryRun) throw new Error("a dry run that did something");
  const { count: found, outcomeUnknown } = counted;
  const command = writeCommand(cli, ids, options, found);
  const text = () => {
    if (found === 0) return "There is no such dead letter. Nothing was done.\n";
    const named = ids.length > found ? ` of the ${ids.length} that are named` : "";
    const lines = [
      `${count(found, "dead letter")}${named} would be retried, ${ratePerSecond} a second: ${describeAge(found / ratePerSecond)} in all.`,
      outcomeUnknown > 0
        ? `Of ${outcomeUnknown.toLocaleString("en")} it is unknown whether money moved: about these the provider is asked first.`
        : "All of them have provably not been charged.",
      "",
      "Nothing was done. This does it:",
      `  ${command}`,
    ];
    return `${lines.join("\n")}\n`;
  };
  return {
    json: { object: "bulk_retry_dry_run", dry_run: true, count: found, outcome_unknown: outcomeUnknown, command },
    text,
  };
}

async function retryAll(cli: Cli, selection: Selection, options: RetryOptions): Promise<Answer> {
  const { rate: ratePerSecond, expect: expectedCount } = options;
  if (expectedCount === undefined)
    throw new UsageError("--expect is missing: run it without --no-dry-run first, and give the count that it shows.");
  const reason = requireReason(options.reason);
  const input = { selection, reason, ratePerSecond, expectedCount, dryRun: false };
  const started = await retryMany(cli.pool(), cli.actor, input);
  if (started.dryRun) throw new Error("a run that was only counted");
  const { runId } = started;
  cli.note(`${runId} is started.${options.detach ? "" : " Ctrl-C leaves it running."}`);
  if (!options.detach) return answerRun(await followRun(cli, runId));
  const run = (await readBulkRun(cli.pool(), runId)) as BulkRun;
  return answerRun(run);
}

function requireReason(reason: string | undefined): string {
  if (reason) return reason;
  throw new UsageError(
    `--reason is missing: say why, in 1 to 500 characters, such as --reason "The bank's outage is over".`,
  );
}

/** The command that does what was only counted, to be copied. */
function writeCommand(cli: Cli, ids: readonly string[], options: RetryOptions, found: number): string {
  return [
    `${cli.calledAs} dead-letters retry`,
    ...ids,
    ...(options.all ? ["--all"] : []),
    ...writeFilter(options),
    `--no-dry-run --expect ${found} --rate ${options.rate}`,
    `--reason ${options.reason ? quoteArgument(options.reason) : '"…"'}`,
  ].join(" ");
}
