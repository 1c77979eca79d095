import { findPaymentsForOperators, listPaymentsForOperators } from "@payonce/db/operations";
import { idSchema, PAYMENT_STATES } from "@payonce/domain";
import type pg from "pg";
import { z } from "zod";
import { filterQuery } from "../dead-letters/dead-letter-filter.ts";
import { defineOperation } from "../operation.ts";
import { listOf, pageQuery } from "../paging.ts";
import { EXAMPLE_PAYMENT_SUMMARY, paymentSummarySchema, toPaymentSummary } from "./payment-summary.ts";

const querySchema = z.strictObject({
  search: filterQuery.search,
  status: z
    .enum(PAYMENT_STATES, `must be one of ${PAYMENT_STATES.join(", ")}`)
    .optional()
    .meta({ description: "Only those in this state" }),
  merchant_id: filterQuery.merchant_id,
  ...pageQuery("pay"),
});

const pageSchema = listOf(paymentSummarySchema).extend({
  next_starting_after: idSchema("pay")
    .nullable()
    .meta({
      description: `Where the next page starts; null when there is none. Not the last id of this page where few match: one
page looks through a bounded number of payments, and may have less than \`limit\`, or nothing, though there are more`,
    }),
});

export const listPaymentsOperation = defineOperation(
  {
    operationId: "listPayments",
    method: "get",
    path: "/ops/v1/payments",
    tag: "Payments",
    summary: "List or find payments",
    description: `Of all merchants, newest first. With \`search\`, those that have this id, order reference, idempotency key or
object at the provider, whole, or have a refund with this id, key or id at the provider; at most 100 are found.`,
    role: "viewer",
    query: querySchema,
    answers: {
      200: {
        description: "A page of them.",
        schema: pageSchema,
        example: { object: "list", data: [EXAMPLE_PAYMENT_SUMMARY], has_more: false, next_starting_after: null },
      },
    },
  },
  async ({ dependencies, query }) => {
    const { payments, next } = await readPage(dependencies.db.pool, query);
    const data = payments.slice(0, query.limit);
    // One more than asked for tells whether there is a next page.
    const nextStartingAfter = payments.length > query.limit ? (data.at(-1)?.id ?? null) : next;
    return {
      200: {
        object: "list" as const,
        data: data.map(toPaymentSummary),
        has_more: nextStartingAfter !== null,
        next_starting_after: nextStartingAfter,
      },
    };
  },
);

async function readPage(pool: pg.Pool, query: z.output<typeof querySchema>) {
  const { search, status, merchant_id: merchantId, limit, starting_after: before } = query;
  if (search === undefined) return listPaymentsForOperators(pool, { status, merchantId, limit: limit + 1, before });
  const found = await findPaymentsForOperators(pool, search, { status, merchantId });
  return { payments: found.filter(({ id }) => before === undefined || id < before), next: null };
}
