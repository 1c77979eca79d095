import type { AuditRow } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import { z } from "zod";
import { withSnakeCaseKeys } from "../snake-case.ts";

const state = z.record(z.string(), z.unknown()).nullable();

export const auditEntrySchema = z
  .strictObject({
    id: idSchema("aud"),
    object: z.literal("audit_entry"),
    at: z.iso.datetime(),
    actor: z.string().meta({ description: "The username; for the command line `cli:` and the account at the machine" }),
    via: z.enum(["console", "api", "cli"]),
    action: z.string(),
    payment_id: idSchema("pay").nullable(),
    target: z.string().nullable().meta({
      description: "What it was done to, where that is not the payment itself: a refund, a delivery, a queue",
    }),
    reason: z.string(),
    before: state.meta({ description: "What of it changed, as it was; null where there was nothing" }),
    after: state.meta({ description: "And as it was then" }),
    bulk_run_id: idSchema("blk").nullable(),
  })
  .meta({ id: "AuditEntry", description: "Who did what, when and why. Never changed" });

type Resource = z.input<typeof auditEntrySchema>;

export function toAuditEntry(row: AuditRow): Resource {
  return {
    id: row.id,
    object: "audit_entry",
    at: row.at.toISOString(),
    actor: row.actor,
    via: row.via,
    action: row.action,
    payment_id: row.paymentId,
    target: row.target,
    reason: row.reason,
    before: withSnakeCaseKeys(row.before) as Resource["before"],
    after: withSnakeCaseKeys(row.after) as Resource["after"],
    bulk_run_id: row.bulkRunId,
  };
}

export const EXAMPLE_AUDIT_ENTRY: Resource = {
  id: "aud_01m814esw7e00bgbyj9j5g8yxa",
  object: "audit_entry",
  at: "2026-11-22T10:00:00.000Z",
  actor: "dana",
  via: "api",
  action: "retry",
  payment_id: "pay_01m814esw7e00bgbyj9j5g8yxa",
  target: null,
  reason: "The bank's outage is over (INC-2291)",
  before: { status: "dead_lettered", version: 7, outcome_unknown: false, dead_letter_reason: "attempts_spent" },
  after: { status: "queued", version: 8, tries: 0 },
  bulk_run_id: null,
};
