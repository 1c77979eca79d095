import { findPaymentsForOperators, listMerchants, listPaymentsForOperators } from "@payonce/db/operations";
import { idSchema, PAYMENT_STATES } from "@payonce/domain";
import type { RequestHandler } from "express";
import { z } from "zod";
import type { Context } from "../dependencies.ts";
import { pageContext, sendPage } from "../page-context.ts";
import { queryChoice, queryText, readQuery } from "../query.ts";
import { renderPayments } from "./payments-page.tsx";

const paymentsQuery = z.object({
  search: queryText,
  status: queryChoice(PAYMENT_STATES),
  merchant: queryText,
  before: queryText.pipe(idSchema("pay").optional()),
});

export type PaymentsQuery = z.output<typeof paymentsQuery>;

const PAGE_SIZE = 50;
/** So many merchants are offered; the id of any other can be typed. */
const OFFERED_MERCHANTS = 200;

/** `GET /payments`: the list, or what a search has found. */
export function showPayments({ pool }: Context): RequestHandler {
  return async (request, response) => {
    const query = readQuery(request, paymentsQuery);
    const [page, merchants] = await Promise.all([
      query.search ? find(query.search, query) : list(query),
      listMerchants(pool, { limit: OFFERED_MERCHANTS }),
    ]);
    const { signedIn } = pageContext(response);
    sendPage(response, renderPayments({ ...page, query, merchants, now: new Date(), signedIn }));
  };

  async function find(search: string, { status, merchant }: PaymentsQuery) {
    const payments = await findPaymentsForOperators(pool, search, { status, merchantId: merchant });
    return { payments, next: null, isCutOff: false };
  }

  function list({ status, merchant, before }: PaymentsQuery) {
    return listPaymentsForOperators(pool, { status, merchantId: merchant, before, limit: PAGE_SIZE });
  }
}
