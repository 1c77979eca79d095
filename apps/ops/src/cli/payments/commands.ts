import { findPaymentsForOperators, type ListedPayment, listPaymentsForOperators } from "@payonce/db/operations";
import { firstIdAt, PAYMENT_STATES, type PaymentState } from "@payonce/domain";
import { type Command, Option } from "commander";
import { cancelPaymentAsOperator } from "../../actions/cancel-payment.ts";
import { lookUpPayment } from "../../actions/look-up-payment.ts";
import { toPaymentAction } from "../../api/payments/payment-action.ts";
import { toPaymentSummary } from "../../api/payments/payment-summary.ts";
import type { Cli } from "../cli.ts";
import { addGroup, addLeaf } from "../leaf.ts";
import { listAnswer } from "../list-answer.ts";
import { idArgument, idOption, limitOption, reasonOption, sinceOption, textOption } from "../options.ts";
import type { Column } from "../terminal/table.ts";
import { money, shortTime } from "../terminal/words.ts";
import { colourOfState } from "./colour-of-state.ts";
import { addShowPayment } from "./show-payment.ts";

const COLUMNS: readonly Column<ListedPayment>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "CREATED", value: ({ createdAt }) => shortTime(createdAt) },
  { title: "STATUS", value: ({ status }) => status, colour: ({ status }) => colourOfState(status) },
  { title: "AMOUNT", value: ({ amountMinor, currency }) => money(amountMinor, currency), isRight: true },
  { title: "MERCHANT", value: ({ merchantName }) => merchantName, isCuttable: true },
  { title: "ORDER", value: ({ orderReference }) => orderReference, isCuttable: true },
  { title: "CODE", value: ({ failureCode }) => failureCode, isCuttable: true },
];

const paymentId = () => idArgument("pay", "payment", "the payment's id");

/** `payonce payments …` */
export function addPayments(program: Command, cli: Cli): void {
  const payments = addGroup(program, "payments", "Payments, and all that is known of them");
  addShowPayment(payments, cli, paymentId);
  addListPayments(payments, cli);
  addLookUp(payments, cli);
  addCancel(payments, cli);
}

interface ListOptions {
  status?: PaymentState;
  merchant?: string;
  orderReference?: string;
  since?: Date;
  limit: number;
}

function addListPayments(payments: Command, cli: Cli): void {
  addLeaf<[], ListOptions>(payments, cli, {
    name: "list",
    summary: "List payments, the newest first",
    details:
      "An order's payment that was declined or canceled is found by its reference among the newest 20,000 payments only.",
    examples: [
      "payments list --status unknown",
      "payments list --order-reference 1001",
      "payments list --merchant mer_01m814esw7e00bgbyj9j5g8yxa --since 2h --limit 200",
    ],
    options: [
      new Option("--status <status>", "in this state").choices(PAYMENT_STATES),
      idOption("mer", "--merchant <id>", "of this merchant"),
      textOption("--order-reference <text>", "for this order of a merchant's"),
      sinceOption("--since <time>", "made since a day, a time, or so long ago: 2026-11-22, 2h"),
      limitOption(),
    ],
    run: async (_values, options) => {
      const { rows, hasMore } = await findPayments(cli, options);
      const nothing = "There is no such payment.";
      return listAnswer({ columns: COLUMNS, rows, hasMore, toResource: toPaymentSummary, nothing });
    },
  });
}

/** Each of them looks through 20,000 payments at the most. */
const MAX_PAGES = 50;

async function findPayments(cli: Cli, options: ListOptions): Promise<{ rows: ListedPayment[]; hasMore: boolean }> {
  const { status, merchant: merchantId, orderReference, since, limit } = options;
  // Ids tell when they were made, and lists go by id.
  const first = since && firstIdAt("pay", since);
  const isNewEnough = ({ id }: ListedPayment) => first === undefined || id >= first;
  if (orderReference !== undefined) {
    const found = await findPaymentsForOperators(cli.pool(), orderReference, { status, merchantId });
    const rows = found.filter((payment) => payment.orderReference === orderReference && isNewEnough(payment));
    return { rows: rows.slice(0, limit), hasMore: rows.length > limit };
  }
  const rows: ListedPayment[] = [];
  let before: string | undefined;
  for (let pages = 1; ; pages++) {
    const filter = { status, merchantId, limit: limit + 1 - rows.length, before };
    const page = await listPaymentsForOperators(cli.pool(), filter);
    rows.push(...page.payments.filter(isNewEnough));
    const isPast = page.next !== null && first !== undefined && page.next < first;
    if (rows.length > limit || isPast) break;
    if (page.next === null || pages === MAX_PAGES) {
      if (page.isCutOff)
        cli.note("There are too many to look through all of them: more may be found with other filters.");
      break;
    }
    before = page.next;
  }
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit };
}

function addLookUp(payments: Command, cli: Cli): void {
  addLeaf<[string], { reason: string }>(payments, cli, {
    name: "look-up",
    summary: "Have the provider asked about a payment now",
    details: "What the provider says takes effect a moment later; payments show tells.",
    examples: ['payments look-up pay_01m814esw7e00bgbyj9j5g8yxa --reason "The customer says it was charged"'],
    arguments: [paymentId()],
    options: [reasonOption()],
    run: async ([id], input) => {
      const asked = await lookUpPayment(cli.pool(), cli.actor, id, input);
      const see = `${cli.calledAs} payments show ${id}`;
      return {
        json: toPaymentAction("look_up", asked),
        text: () => `The provider is asked about ${id}. What it said: ${see}\n`,
      };
    },
  });
}

function addCancel(payments: Command, cli: Cli): void {
  addLeaf<[string], { reason: string }>(payments, cli, {
    name: "cancel",
    summary: "Cancel a payment that has provably not been charged",
    examples: ['payments cancel pay_01m814esw7e00bgbyj9j5g8yxa --reason "The merchant asked for it, ticket 811"'],
    arguments: [paymentId()],
    options: [reasonOption()],
    run: async ([id], input) => {
      const canceled = await cancelPaymentAsOperator(cli.pool(), cli.actor, id, input);
      const text = canceled.cancelRequested
        ? `${id} is being canceled: its object at the provider is closed first.\n`
        : `${id} is ${canceled.status}.\n`;
      return {
        json: { ...toPaymentAction("cancel", canceled), cancel_requested: canceled.cancelRequested },
        text: () => text,
      };
    },
  });
}
