import { listAudit } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import type { RequestHandler } from "express";
import { z } from "zod";
import type { Context } from "../dependencies.ts";
import { pageContext, sendPage } from "../page-context.ts";
import { queryText, readQuery } from "../query.ts";
import { renderAudit } from "./audit-page.tsx";

const PAGE_SIZE = 50;
const auditQuery = z.object({
  actor: queryText,
  action: queryText,
  payment: queryText,
  before: queryText.pipe(idSchema("aud").optional()),
});

export type AuditQuery = z.output<typeof auditQuery>;

/** `GET /audit` */
export function showAudit({ pool }: Context): RequestHandler {
  return async (request, response) => {
    const query = readQuery(request, auditQuery);
    const { actor, action, payment, before } = query;
    const found = await listAudit(pool, { actor, action, paymentId: payment }, { limit: PAGE_SIZE, before });
    const { signedIn } = pageContext(response);
    sendPage(response, renderAudit({ ...found, query, signedIn }));
  };
}
