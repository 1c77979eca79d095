import { groupDeadLetters, searchDeadLetters } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import type { RequestHandler } from "express";
import type { Context } from "../dependencies.ts";
import { noticeOf } from "../elements/notice.tsx";
import { pageContext, sendPage } from "../page-context.ts";
import { queryText, readQuery } from "../query.ts";
import { deadLetterQuery, toFilter } from "./dead-letter-query.ts";
import { renderDeadLetters } from "./dead-letters-page.tsx";

const pageQuery = deadLetterQuery.extend({ before: queryText.pipe(idSchema("pay").optional()) });
const PAGE_SIZE = 50;

/** `GET /dead-letters` */
export function showDeadLetters(context: Context): RequestHandler {
  const { pool } = context;
  return async (request, response) => {
    const { before, ...query } = readQuery(request, pageQuery);
    const filter = toFilter(query);
    const [found, groups, facets] = await Promise.all([
      searchDeadLetters(pool, filter, { limit: PAGE_SIZE, before }),
      groupDeadLetters(pool, filter),
      context.facets(),
    ]);
    const page = { ...found, query, before, groups, facets, now: new Date(), ...pageContext(response) };
    sendPage(response, renderDeadLetters({ ...page, notice: noticeOf(request.query.notice) }));
  };
}
