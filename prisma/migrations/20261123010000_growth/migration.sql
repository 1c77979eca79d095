-- How far a purge has come that goes through a table once, in the order of its ids.
CREATE TABLE purges (
  name text PRIMARY KEY,
  reached text COLLATE "C" NOT NULL DEFAULT ''
);
INSERT INTO purges (name) VALUES ('history');

-- The provider's webhooks by age: to forget the oldest without reading the rest.
CREATE INDEX provider_events_oldest ON provider_events (received_at, id);

-- The same rows as before (`only_the_moving_have_a_next_action`), under another condition. A settle asks for `charging`, and
-- while hardly any payment moved when the statistics were made, the planner would rather look for it here: it read all that
-- moves for each settle, so a backlog grew dearer with its square. This condition is not implied by any state.
DROP INDEX payments_due;
CREATE INDEX payments_due ON payments (next_action_at, id) WHERE next_action_at IS NOT NULL;

-- No update of a payment is HOT, since each changes what an index is about: the state, the next action or the object. What
-- that leaves in `payments_due` is read by every sweep until a vacuum takes it out, so vacuums come by often, and never
-- pass the indexes by, as they do where few pages have changed.
ALTER TABLE payments SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02,
  vacuum_index_cleanup = on);
ALTER TABLE refunds SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE webhook_deliveries SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02,
  vacuum_index_cleanup = on);
-- Only ever inserted to, but for what a purge takes out: frozen, and known to be visible, a slice at a time.
ALTER TABLE timeline SET (autovacuum_vacuum_insert_scale_factor = 0.05);
ALTER TABLE attempts SET (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_vacuum_scale_factor = 0.05);

-- Whole tables turn over within minutes. Their vacuum is short, and is not to be slowed down; the room it finds is used again
-- at once, so it does not give it back either, for which it would have to lock everybody out.
ALTER TABLE outbox SET (autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off, vacuum_index_cleanup = on);
ALTER TABLE webhook_outbox SET (autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off, vacuum_index_cleanup = on);
