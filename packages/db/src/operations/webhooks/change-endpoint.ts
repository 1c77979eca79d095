import type pg from "pg";
import { type Actor, appendAudit, withAudit } from "../audit.ts";

/** `changed` is false when it was so before; then nothing was done, and nothing audited. */
export type ChangeEndpointResult = { changed: boolean } | null;

interface Locked {
  status: "enabled" | "disabled";
  disabledReason: string | null;
  failingSince: Date | null;
}

/**
 * Enables an endpoint, which also forgets that it failed: what was kept back for it is sent soon after.
 *
 * @returns null when there is no such endpoint, also once it is deleted
 */
export function enableEndpoint(pool: pg.Pool, actor: Actor, id: string, reason: string): Promise<ChangeEndpointResult> {
  return change(pool, actor, id, { to: "enabled", reason });
}

/**
 * Disables an endpoint: what happens from now on is kept back for it. Its merchant is told that an operator did it,
 * and may enable it again.
 *
 * @returns null when there is no such endpoint, also once it is deleted
 */
export function disableEndpoint(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  reason: string,
): Promise<ChangeEndpointResult> {
  return change(pool, actor, id, { to: "disabled", reason });
}

const UPDATE = `
UPDATE webhook_endpoints SET status = $2, updated_at = clock_timestamp(),
  failing_since = CASE WHEN $2 = 'disabled' THEN failing_since END,
  disabled_reason = CASE WHEN $2 = 'disabled' THEN 'operator' END,
  disabled_at = CASE WHEN $2 = 'disabled' THEN clock_timestamp() END
WHERE id = $1`;

function change(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  { to, reason }: { to: "enabled" | "disabled"; reason: string },
): Promise<ChangeEndpointResult> {
  return withAudit(pool, async (client) => {
    const { rows } = await client.query<Locked>(
      `SELECT status, disabled_reason AS "disabledReason", failing_since AS "failingSince" FROM webhook_endpoints
       WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE`,
      [id],
    );
    const [found] = rows;
    if (!found) return null;
    if (found.status === to) return { changed: false };
    await client.query(UPDATE, [id, to]);
    const before = {
      status: found.status,
      ...(found.disabledReason && { disabled_reason: found.disabledReason }),
      ...(found.failingSince && { failing_since: found.failingSince }),
    };
    const action = to === "enabled" ? "enable_webhook_endpoint" : "disable_webhook_endpoint";
    await appendAudit(client, actor, [{ action, target: id, reason, before, after: { status: to } }]);
    return { changed: true };
  });
}
