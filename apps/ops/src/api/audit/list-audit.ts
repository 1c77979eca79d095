import { listAudit } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import { z } from "zod";
import { defineOperation } from "../operation.ts";
import { listOf, pageQuery } from "../paging.ts";
import { auditEntrySchema, EXAMPLE_AUDIT_ENTRY, toAuditEntry } from "./audit-entry-resource.ts";

const word = z.string("must be given once").regex(/^[\x21-\x7e]{1,200}$/, "must be 1 to 200 visible ASCII characters");

export const listAuditOperation = defineOperation(
  {
    operationId: "listAudit",
    method: "get",
    path: "/ops/v1/audit",
    tag: "Audit",
    summary: "List the audit log",
    description: "Who did what, and why; newest first. By `action`, only the newest 50,000 entries are looked through.",
    role: "viewer",
    query: z.strictObject({
      payment_id: idSchema("pay").optional().meta({ description: "Only what was done to this payment" }),
      actor: word.optional().meta({ description: "Only what this one did", example: "dana" }),
      action: word.optional().meta({ description: "Only this action", example: "retry" }),
      ...pageQuery("aud"),
    }),
    answers: {
      200: {
        description: "A page of it.",
        schema: listOf(auditEntrySchema),
        example: { object: "list", data: [EXAMPLE_AUDIT_ENTRY], has_more: false },
      },
    },
  },
  async ({ dependencies, query }) => {
    const { payment_id: paymentId, actor, action, limit, starting_after: before } = query;
    const filter = { paymentId, actor, action };
    const { entries, hasMore } = await listAudit(dependencies.db.pool, filter, { limit, before });
    return { 200: { object: "list" as const, data: entries.map(toAuditEntry), has_more: hasMore } };
  },
);
