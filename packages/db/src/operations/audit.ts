import { newId } from "@payonce/domain";
import type pg from "pg";
import { inTransaction } from "../in-transaction.ts";

/** Who acts, as the audit log keeps it. */
export interface Actor {
  /** Null for the command line, whose right is the database's password. */
  operatorId: string | null;
  /** The username; for the command line `cli:` and the account at the machine. */
  name: string;
  via: "console" | "api" | "cli";
}

export interface AuditEntry {
  /** What was done, such as `retry`. */
  action: string;
  paymentId?: string;
  /** What it was done to, where that is no payment. */
  target?: string;
  reason: string;
  /** What of it changed, as it was and as it is; null where there was, or is, nothing. */
  before: object | null;
  after: object | null;
  bulkRunId?: string;
}

/**
 * Runs an operator's action in one transaction, so that it happens together with its entry in the audit log or not at all.
 *
 * @throws what `work` throws; nothing has then happened
 */
export function withAudit<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, work);
}

const APPEND = `
INSERT INTO audit_log (id, operator_id, actor, via, action, payment_id, target, reason, before, after, bulk_run_id)
SELECT id, $2, $3, $4, action, "paymentId", target, reason, before, after, "bulkRunId" FROM jsonb_to_recordset($1::jsonb)
  AS r(id text, action text, "paymentId" text, target text, reason text, before jsonb, after jsonb, "bulkRunId" text)`;

/** Writes entries in the transaction that `client` is in. */
export async function appendAudit(client: pg.PoolClient, actor: Actor, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = JSON.stringify(entries.map((entry) => ({ id: newId("aud"), ...entry })));
  await client.query(APPEND, [rows, actor.operatorId, actor.name, actor.via]);
}
