-- The same rows as before, but each new one looks for its payment and for its merchant's endpoints by itself. As joins they could
-- be planned the other way round, and a session that first ran this while hardly any payment was there read all payments with
-- every statement, until new statistics ended its plan. OFFSET 0 is what keeps the planner from making joins of them again.
CREATE OR REPLACE FUNCTION note_events_for_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO webhook_outbox (payment_id, version, kind, refund_id, merchant_id, at)
  SELECT n.payment_id, n.version, n.kind, n.refund_id, n.merchant_id, n.at
  FROM (
    SELECT r.*, (SELECT p.merchant_id FROM payments p WHERE p.id = r.payment_id) AS merchant_id
    FROM new_rows r
    WHERE r.kind IN ('queued', 'retry_wait', 'unknown', 'dead_lettered', 'succeeded', 'declined', 'canceled',
      'refund_requested', 'refund_retry_wait', 'refund_unknown', 'refund_pending', 'refund_dead_lettered',
      'refund_succeeded', 'refund_failed', 'refund_canceled')
    OFFSET 0
  ) n
  WHERE EXISTS (
    SELECT 1 FROM webhook_endpoints e WHERE e.merchant_id = n.merchant_id AND e.deleted_at IS NULL OFFSET 0)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
