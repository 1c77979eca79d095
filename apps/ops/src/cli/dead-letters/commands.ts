import { readForInspection } from "@payonce/db";
import {
  DEAD_LETTER_KINDS,
  type DeadLetter,
  type DeadLetterGroup,
  type DeadLetterKind,
  groupDeadLetters,
  groupDeadLettersOf,
  type ResolvedAs,
  searchDeadLetters,
} from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import { type Command, Option } from "commander";
import { discardPayment } from "../../actions/discard-payment.ts";
import { resolvePayment, resolvePaymentInput } from "../../actions/resolve-payment.ts";
import { toDeadLetter, toDeadLetterGroup } from "../../api/dead-letters/dead-letter-resource.ts";
import { toPaymentAction } from "../../api/payments/payment-action.ts";
import type { Cli } from "../cli.ts";
import { addGroup, addLeaf } from "../leaf.ts";
import { listAnswer } from "../list-answer.ts";
import { idArgument, limitOption, parserOf, reasonOption, wholeOption } from "../options.ts";
import { type Column, table } from "../terminal/table.ts";
import { count, money, shortTime } from "../terminal/words.ts";
import { addRuns } from "./bulk-runs.ts";
import { type FilterOptions, filterOptions, toFilter } from "./filter-options.ts";
import { addRetry } from "./retry.ts";

const LIST_COLUMNS: readonly Column<DeadLetter>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "SINCE", value: ({ deadSince }) => shortTime(deadSince) },
  { title: "CAUSE", value: ({ reason }) => reason },
  { title: "CODE", value: ({ failureCode }) => failureCode, isCuttable: true },
  { title: "MONEY", value: (letter) => (letter.outcomeUnknown ? "may have moved" : "not moved"), colour: colourOf },
  { title: "AMOUNT", value: ({ amountMinor, currency }) => money(amountMinor, currency), isRight: true },
  { title: "MERCHANT", value: ({ merchantName }) => merchantName, isCuttable: true },
  { title: "ORDER", value: ({ orderReference }) => orderReference, isCuttable: true },
];

const GROUP_COLUMNS: readonly Column<DeadLetterGroup>[] = [
  { title: "OF", value: ({ kind }) => kind },
  { title: "CAUSE", value: ({ reason }) => reason },
  { title: "COUNT", value: ({ count: n }) => n, isRight: true },
  { title: "UNKNOWN", value: ({ outcomeUnknown }) => outcomeUnknown, isRight: true },
  { title: "FIRST", value: ({ oldest }) => shortTime(oldest) },
  { title: "LAST", value: ({ newest }) => shortTime(newest) },
  {
    title: "MOST OFTEN",
    value: ({ commonCode, commonCodeCount }) => commonCode && `${commonCode} (${commonCodeCount})`,
  },
];

function colourOf({ outcomeUnknown }: DeadLetter) {
  return outcomeUnknown ? "yellow" : undefined;
}

/** `payonce dead-letters …` */
export function addDeadLetters(program: Command, cli: Cli): void {
  const deadLetters = addGroup(program, "dead-letters", "Payments and refunds that wait for a person to decide");
  addList(deadLetters, cli);
  addGroups(deadLetters, cli);
  addRetry(deadLetters, cli);
  addResolve(deadLetters, cli);
  addDiscard(deadLetters, cli);
  addRuns(deadLetters, cli);
}

const kindOption = () =>
  new Option("--kind <kind>", "payments or refunds; refunds have commands of their own: payonce refunds").choices(
    DEAD_LETTER_KINDS,
  );

/** Nobody should think that there is nothing, when there is nothing of the one kind. */
async function tellOfTheOthers(cli: Cli, kind: DeadLetterKind, filter: FilterOptions): Promise<void> {
  const other = kind === "payment" ? "refund" : "payment";
  const { count: n } = await groupDeadLetters(cli.pool(), toFilter(filter), other);
  if (n > 0) cli.note(`${n === 1 ? `A ${other} waits` : `${n} ${other}s wait`} as well: --kind ${other}`);
}

function addList(deadLetters: Command, cli: Cli): void {
  addLeaf<[], FilterOptions & { kind: DeadLetterKind; limit: number }>(deadLetters, cli, {
    name: "list",
    summary: "List dead letters, those of the newest payments, or refunds, first",
    examples: ["dead-letters list", "dead-letters list --unknown --older-than 2h", "dead-letters list --kind refund"],
    options: [kindOption().default("payment"), ...filterOptions(), limitOption()],
    run: async (_values, { kind, limit, ...filter }) => {
      const page = await searchDeadLetters(cli.pool(), toFilter(filter), { limit, kind });
      await tellOfTheOthers(cli, kind, filter);
      const { deadLetters: rows, hasMore } = page;
      const nothing = "There is no such dead letter.";
      return listAnswer({ columns: LIST_COLUMNS, rows, hasMore, toResource: toDeadLetter, nothing });
    },
  });
}

function addGroups(deadLetters: Command, cli: Cli): void {
  addLeaf<[], FilterOptions & { kind?: DeadLetterKind }>(deadLetters, cli, {
    name: "groups",
    summary: "Count dead letters by their cause",
    examples: ["dead-letters groups", "dead-letters groups --newer-than 1d"],
    options: [kindOption(), ...filterOptions()],
    run: async (_values, { kind, ...filter }) => {
      const kinds = kind ? [kind] : DEAD_LETTER_KINDS;
      const found = await groupDeadLettersOf(cli.pool(), toFilter(filter), kinds);
      return {
        json: {
          object: "dead_letter_groups",
          count: found.count,
          outcome_unknown: found.outcomeUnknown,
          groups: found.groups.map(toDeadLetterGroup),
        },
        text: (look) => {
          if (found.count === 0) return "There is no such dead letter.\n";
          const sum = `${count(found.count, "dead letter")}; of ${found.outcomeUnknown} it is unknown whether money moved.`;
          return `${table(look, GROUP_COLUMNS, found.groups)}\n${sum}\n`;
        },
      };
    },
  });
}

/** As the operator saw it, so that nothing is decided about what is another payment by now. */
const seenVersion = () =>
  wholeOption(
    "--seen-version <n>",
    "the payment's version as you saw it; another one by now, and nothing is done",
    1,
    2_147_483_647,
  );

interface ResolveOptions {
  outcome: ResolvedAs;
  evidence: string;
  reason: string;
  seenVersion?: number;
}

function addResolve(deadLetters: Command, cli: Cli): void {
  addLeaf<[string], ResolveOptions>(deadLetters, cli, {
    name: "resolve",
    summary: "End a dead letter on evidence that you have seen",
    details:
      "For when the provider cannot be asked. Where it can, retry or look up instead: then its own answer is the evidence.",
    examples: [
      "dead-letters resolve pay_01m814esw7e00bgbyj9j5g8yxa --outcome succeeded \\\n" +
        '    --evidence "ch_3Q9x is captured in the dashboard" --reason "The API key of that account is gone"',
    ],
    arguments: [idArgument("pay", "payment", "the dead letter")],
    options: [
      new Option("--outcome <outcome>", "what happened")
        .choices(["succeeded", "declined", "canceled"])
        .makeOptionMandatory(),
      new Option("--evidence <text>", "what you saw, and where; kept in the audit log")
        .argParser(parserOf(resolvePaymentInput.shape.evidence))
        .makeOptionMandatory(),
      reasonOption(),
      seenVersion(),
    ],
    run: async ([id], { seenVersion: seen, ...input }) => {
      const version = seen ?? (await readForInspection(cli.pool(), id))?.version;
      if (version === undefined) throw new PayonceError("payment_not_found", "There is no payment with this id.");
      const resolved = await resolvePayment(cli.pool(), cli.actor, id, { ...input, version });
      return { json: toPaymentAction("resolve", resolved), text: () => `${id} is ${resolved.status}.\n` };
    },
  });
}

function addDiscard(deadLetters: Command, cli: Cli): void {
  addLeaf<[string], { reason: string; seenVersion?: number }>(deadLetters, cli, {
    name: "discard",
    summary: "Give up a dead letter that was provably not charged",
    examples: ['dead-letters discard pay_01m814esw7e00bgbyj9j5g8yxa --reason "The order was paid otherwise"'],
    arguments: [idArgument("pay", "payment", "the dead letter")],
    options: [reasonOption(), seenVersion()],
    run: async ([id], { reason, seenVersion: version }) => {
      const discarded = await discardPayment(cli.pool(), cli.actor, id, { reason, version });
      const isOnItsWay = discarded.status !== "canceled";
      const text = isOnItsWay ? "is being canceled: its object at the provider is closed first" : "is canceled";
      return { json: toPaymentAction("discard", discarded), text: () => `${id} ${text}.\n` };
    },
  });
}
