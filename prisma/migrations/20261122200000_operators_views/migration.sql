-- What operators look at every second must not cost more the more deliveries there are.
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (id) WHERE status = 'dead_lettered';
CREATE INDEX webhook_endpoints_disabled ON webhook_endpoints (id) WHERE status = 'disabled' AND deleted_at IS NULL;

-- An operator may disable an endpoint, and its merchant is told who did.
ALTER TABLE webhook_endpoints DROP CONSTRAINT webhook_endpoints_disabled_reason_check,
  ADD CONSTRAINT webhook_endpoints_disabled_reason_check CHECK (disabled_reason IN ('merchant', 'operator', 'gone', 'failing'));
