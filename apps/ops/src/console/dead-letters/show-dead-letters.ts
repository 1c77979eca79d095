import { DEAD_LETTER_KINDS, groupDeadLetters, searchDeadLetters } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import type { RequestHandler } from "express";
import { z } from "zod";
import type { Context } from "../dependencies.ts";
import { noticeOf } from "../elements/notice.tsx";
import { pageContext, sendPage } from "../page-context.ts";
import { queryChoice, queryText, readQuery } from "../query.ts";
import { deadLetterQuery, toFilter } from "./dead-letter-query.ts";
import { renderDeadLetters } from "./dead-letters-page.tsx";

const pageQuery = deadLetterQuery.extend({
  kind: queryChoice(DEAD_LETTER_KINDS),
  before: queryText.pipe(z.union([idSchema("pay"), idSchema("ref")], "must be an id").optional()),
});
const PAGE_SIZE = 50;

/** `GET /dead-letters` */
export function showDeadLetters(context: Context): RequestHandler {
  const { pool } = context;
  return async (request, response) => {
    const { kind = "payment", before, ...query } = readQuery(request, pageQuery);
    const filter = toFilter(query);
    const [found, ofPayments, ofRefunds, facets] = await Promise.all([
      searchDeadLetters(pool, filter, { limit: PAGE_SIZE, before, kind }),
      groupDeadLetters(pool, filter, "payment"),
      groupDeadLetters(pool, filter, "refund"),
      context.facets(),
    ]);
    const counts = { payment: ofPayments.count, refund: ofRefunds.count };
    const groups = kind === "payment" ? ofPayments : ofRefunds;
    const page = { ...found, kind, counts, query, before, groups, facets, now: new Date(), ...pageContext(response) };
    sendPage(response, renderDeadLetters({ ...page, notice: noticeOf(request.query.notice) }));
  };
}
