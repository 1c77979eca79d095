import type pg from "pg";
import { AFTER_ALL_IDS } from "./after-all-ids.ts";
import type { Actor } from "./audit.ts";

/** An entry of the audit log: who did what, and why. */
export interface AuditRow {
  id: string;
  at: Date;
  actor: string;
  via: Actor["via"];
  action: string;
  paymentId: string | null;
  /** What it was done to, where that is no payment. */
  target: string | null;
  reason: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  bulkRunId: string | null;
}

export interface AuditFilter {
  actor?: string | undefined;
  action?: string | undefined;
  paymentId?: string | undefined;
}

/** So many entries are looked through for an action, which has no index. */
export const AUDIT_SCAN_LIMIT = 50_000;

/**
 * The audit log, the newest first. By payment and by actor it is found by an index; by action the newest
 * `AUDIT_SCAN_LIMIT` entries (of that payment or actor, where one is given) are looked through.
 *
 * @param before the last id of the page before
 */
export async function listAudit(
  pool: pg.Pool,
  { actor, action, paymentId }: AuditFilter,
  { limit, before = AFTER_ALL_IDS }: { limit: number; before?: string | undefined },
): Promise<{ entries: AuditRow[]; hasMore: boolean }> {
  const values: (string | number)[] = [before, limit + 1];
  const conditions = ["id < $1"];
  if (paymentId !== undefined) conditions.push(`payment_id = $${values.push(paymentId)}`);
  if (actor !== undefined) conditions.push(`actor = $${values.push(actor)}`);
  const newest = `SELECT * FROM audit_log WHERE ${conditions.join(" AND ")} ORDER BY id DESC`;
  const from = action === undefined ? newest : `${newest} LIMIT ${AUDIT_SCAN_LIMIT}`;
  const { rows } = await pool.query<AuditRow>(
    `SELECT id, at, actor, via, action, payment_id AS "paymentId", target, reason, before, after,
       bulk_run_id AS "bulkRunId"
     FROM (${from}) a ${action === undefined ? "" : `WHERE action = $${values.push(action)}`} ORDER BY id DESC LIMIT $2`,
    values,
  );
  return { entries: rows.slice(0, limit), hasMore: rows.length > limit };
}
