import type pg from "pg";

export interface AnnounceRequest {
  refundId: string;
  attemptId: string;
  /** As of the claim. */
  version: number;
  /** Another key than before: another refund, as far as the provider can tell. */
  isNewKey: boolean;
  /** How long the call takes at most: a claim that ends before is as good as lost. */
  callTimeoutMs: number;
}

// Committed before the request leaves: from here on it may have run, whatever becomes of this process. The version is not
// raised, because nothing about the refund has changed for others; it is what tells whether the claim still holds. That is
// asked of Postgres right before the request, so a charger that was stopped past its lease sends nothing when it wakes up.
const ANNOUNCE = `
WITH u AS (
  UPDATE refunds SET outcome_unknown = true, last_sent_at = clock_timestamp(), key_number = key_number + $4::bool::int,
    key_sent_at = CASE WHEN $4 OR key_sent_at IS NULL THEN clock_timestamp() ELSE key_sent_at END,
    is_key_spent = is_key_spent AND NOT $4, updated_at = clock_timestamp()
  WHERE id = $1 AND version = $3 AND status = 'refunding'
    AND next_action_at > clock_timestamp() + $5::int * interval '1 ms'
  RETURNING id, id || '-refund-' || key_number AS key
), a AS (
  UPDATE refund_attempts a SET sent_at = clock_timestamp(), sent_key = u.key FROM u WHERE a.id = $2 AND a.outcome IS NULL
)
SELECT key FROM u`;

/**
 * Says that the request that moves the money is about to leave.
 *
 * @returns the idempotency key to send it under; null when the claim was lost, or ends too soon: then nothing may be sent
 */
export async function announceRefund(
  pool: pg.Pool,
  { refundId, attemptId, version, isNewKey, callTimeoutMs }: AnnounceRequest,
): Promise<string | null> {
  const values = [refundId, attemptId, version, isNewKey, callTimeoutMs];
  const { rows } = await pool.query<{ key: string }>({ name: "announce-refund", text: ANNOUNCE, values });
  return rows[0]?.key ?? null;
}
