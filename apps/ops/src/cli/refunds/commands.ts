import { type ListedRefund, listRefundsForOperators } from "@payonce/db/operations";
import { REFUND_STATES, type RefundState } from "@payonce/domain";
import { type Command, Option } from "commander";
import { toRefundSummary } from "../../api/refunds/refund-summary.ts";
import type { Cli } from "../cli.ts";
import { addGroup, addLeaf } from "../leaf.ts";
import { listAnswer } from "../list-answer.ts";
import { idArgument, idOption, limitOption } from "../options.ts";
import type { Column } from "../terminal/table.ts";
import { money, shortTime } from "../terminal/words.ts";
import { addDiscardRefund, addLookUpRefund, addResolveRefund, addRetryRefund } from "./act-on-refund.ts";
import { colourOfRefund } from "./colour-of-refund.ts";
import { addShowRefund } from "./show-refund.ts";

const COLUMNS: readonly Column<ListedRefund>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "CREATED", value: ({ createdAt }) => shortTime(createdAt) },
  { title: "STATUS", value: ({ status }) => status, colour: ({ status }) => colourOfRefund(status) },
  { title: "AMOUNT", value: ({ amountMinor, currency }) => money(amountMinor, currency), isRight: true },
  { title: "PAYMENT", value: ({ paymentId }) => paymentId },
  { title: "MERCHANT", value: ({ merchantName }) => merchantName, isCuttable: true },
  { title: "CODE", value: ({ failureCode }) => failureCode, isCuttable: true },
];

export const refundId = () => idArgument("ref", "refund", "the refund's id");

/** `payonce refunds …` */
export function addRefunds(program: Command, cli: Cli): void {
  const refunds = addGroup(program, "refunds", "Money on its way back to customers");
  addShowRefund(refunds, cli, refundId);
  addListRefunds(refunds, cli);
  addRetryRefund(refunds, cli, refundId);
  addLookUpRefund(refunds, cli, refundId);
  addResolveRefund(refunds, cli, refundId);
  addDiscardRefund(refunds, cli, refundId);
}

function addListRefunds(refunds: Command, cli: Cli): void {
  addLeaf<[], { status?: RefundState; merchant?: string; limit: number }>(refunds, cli, {
    name: "list",
    summary: "List refunds, the newest first",
    details: "With a filter, the newest 20,000 are looked through.",
    examples: [
      "refunds list --status dead_lettered",
      "refunds list --merchant mer_01m814esw7e00bgbyj9j5g8yxa --limit 200",
    ],
    options: [
      new Option("--status <status>", "in this state").choices(REFUND_STATES),
      idOption("mer", "--merchant <id>", "of this merchant"),
      limitOption(),
    ],
    run: async (_values, { status, merchant: merchantId, limit }) => {
      const page = await listRefundsForOperators(cli.pool(), { status, merchantId, limit });
      const nothing = "There is no such refund.";
      const { refunds: rows, hasMore } = page;
      return listAnswer({ columns: COLUMNS, rows, hasMore, toResource: toRefundSummary, nothing });
    },
  });
}
