import { firstIdAt } from "@payonce/domain";
import type pg from "pg";
import { AFTER_ALL_IDS } from "./after-all-ids.ts";

/** What contradicts what we hold to be true. */
export interface Anomaly {
  id: string;
  kind: string;
  /** Null for a charge that has no payment here. */
  paymentId: string | null;
  providerObjectId: string | null;
  /** The provider calls that showed it, or what reconciliation compared. */
  evidence: unknown;
  openedAt: Date;
  resolvedAt: Date | null;
  resolution: string | null;
}

const COLUMNS = `id, kind, payment_id AS "paymentId", provider_object_id AS "providerObjectId", evidence,
  opened_at AS "openedAt", resolved_at AS "resolvedAt", resolution`;

/**
 * Anomalies, the newest first.
 *
 * @param before the last id of the page before
 */
export async function listAnomalies(
  pool: pg.Pool,
  { isOpen, limit, before = AFTER_ALL_IDS }: { isOpen: boolean; limit: number; before?: string | undefined },
): Promise<{ anomalies: Anomaly[]; hasMore: boolean }> {
  const { rows } = await pool.query<Anomaly>(
    `SELECT ${COLUMNS} FROM anomalies WHERE resolved_at IS ${isOpen ? "" : "NOT"} NULL AND id < $1
     ORDER BY id DESC LIMIT $2`,
    [before, limit + 1],
  );
  return { anomalies: rows.slice(0, limit), hasMore: rows.length > limit };
}

/** Who resolved an anomaly, and why. */
export interface AnomalyEnd {
  actor: string;
  reason: string;
}

/** @returns null when there is no such anomaly; `end` is null while it is open */
export async function readAnomaly(
  pool: pg.Pool,
  id: string,
): Promise<{ anomaly: Anomaly; end: AnomalyEnd | null } | null> {
  const { rows } = await pool.query<Anomaly>(`SELECT ${COLUMNS} FROM anomalies WHERE id = $1`, [id]);
  const [anomaly] = rows;
  if (!anomaly) return null;
  return { anomaly, end: anomaly.resolvedAt && (await readEnd(pool, anomaly, anomaly.resolvedAt)) };
}

/** Ids are made by another clock than the database's: so far apart they may be. */
const CLOCKS_APART_MS = 3_600_000;

// What an entry is about has an index for payments alone. By its id, which tells when it was made, little is looked through.
async function readEnd(pool: pg.Pool, { id, paymentId }: Anomaly, resolvedAt: Date): Promise<AnomalyEnd | null> {
  const around = [-CLOCKS_APART_MS, CLOCKS_APART_MS].map((ms) => firstIdAt("aud", new Date(resolvedAt.getTime() + ms)));
  const { rows } = await pool.query<AnomalyEnd>(
    `SELECT actor, reason FROM audit_log WHERE id > $1 AND id < $2 AND action = 'resolve_anomaly' AND target = $3
       AND payment_id IS NOT DISTINCT FROM $4 LIMIT 1`,
    [...around, id, paymentId],
  );
  return rows[0] ?? null;
}
