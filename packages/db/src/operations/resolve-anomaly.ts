import type pg from "pg";
import { type Actor, appendAudit, withAudit } from "./audit.ts";

/** How a person dealt with it. */
export const ANOMALY_RESOLUTIONS = ["refunded", "accepted", "false_alarm", "other"] as const;
export type AnomalyResolution = (typeof ANOMALY_RESOLUTIONS)[number];

export type ResolveAnomalyResult =
  | { result: "resolved" | "resolved_before"; resolvedAt: Date; resolution: string | null }
  | { result: "not_found" };

/** Closes an anomaly. It changes no payment: what is to be done about the money was done elsewhere, or is nothing. */
export function resolveAnomaly(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  { resolution, reason }: { resolution: AnomalyResolution; reason: string },
): Promise<ResolveAnomalyResult> {
  return withAudit(pool, async (client): Promise<ResolveAnomalyResult> => {
    const { rows } = await client.query<{
      resolvedAt: Date | null;
      resolution: string | null;
      paymentId: string | null;
    }>(
      `SELECT resolved_at AS "resolvedAt", resolution, payment_id AS "paymentId" FROM anomalies WHERE id = $1 FOR UPDATE`,
      [id],
    );
    const [found] = rows;
    if (!found) return { result: "not_found" };
    if (found.resolvedAt)
      return { result: "resolved_before", resolvedAt: found.resolvedAt, resolution: found.resolution };
    const updated = await client.query<{ resolvedAt: Date }>(
      `UPDATE anomalies SET resolved_at = clock_timestamp(), resolution = $2 WHERE id = $1 RETURNING resolved_at AS "resolvedAt"`,
      [id, resolution],
    );
    const resolvedAt = updated.rows[0]?.resolvedAt ?? new Date();
    const entry = {
      action: "resolve_anomaly",
      target: id,
      reason,
      before: { resolved: false },
      after: { resolved: true, resolution },
      ...(found.paymentId && { paymentId: found.paymentId }),
    };
    await appendAudit(client, actor, [entry]);
    return { result: "resolved", resolvedAt, resolution };
  });
}
