-- Where merchants want to be told. One that was deleted stays as a row, without its secrets: deliveries refer to it.
CREATE TABLE webhook_endpoints (
  id text COLLATE "C" PRIMARY KEY,
  merchant_id text COLLATE "C" NOT NULL REFERENCES merchants,
  url text NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
  description text,
  -- Names of events, or `*` alone.
  events text[] NOT NULL CHECK (cardinality(events) >= 1),
  -- Encrypted, and not hashed as keys are: we sign with it, so we have to know it.
  secret bytea,
  -- The one before the last rotation, which signs as well until then.
  previous_secret bytea,
  previous_secret_until timestamptz,
  status text NOT NULL DEFAULT 'enabled' CHECK (status IN ('enabled', 'disabled')),
  disabled_reason text CHECK (disabled_reason IN ('merchant', 'gone', 'failing')),
  disabled_at timestamptz,
  -- Since when no attempt has got through; null when the last one did.
  failing_since timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  deleted_at timestamptz,
  CONSTRAINT a_disabled_endpoint_says_why CHECK (
    (disabled_reason IS NOT NULL) = (status = 'disabled') AND (disabled_at IS NOT NULL) = (status = 'disabled')),
  CONSTRAINT a_deleted_endpoint_keeps_no_secret CHECK (
    (secret IS NULL) = (deleted_at IS NOT NULL) AND (deleted_at IS NULL OR previous_secret IS NULL)),
  CONSTRAINT a_previous_secret_has_an_end CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL))
);
CREATE INDEX webhook_endpoints_merchant ON webhook_endpoints (merchant_id, id) WHERE deleted_at IS NULL;

-- One event on its way to one endpoint.
CREATE TABLE webhook_deliveries (
  id text COLLATE "C" PRIMARY KEY,
  endpoint_id text COLLATE "C" NOT NULL REFERENCES webhook_endpoints,
  event_id text COLLATE "C" NOT NULL,
  event_type text NOT NULL,
  payment_id text COLLATE "C" NOT NULL REFERENCES payments,
  payment_version int NOT NULL CHECK (payment_version >= 1),
  -- The refund that the event is about, where it is about one.
  refund_id text COLLATE "C" REFERENCES refunds,
  event_at timestamptz NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN
    ('pending', 'delivering', 'retry_wait', 'succeeded', 'dead_lettered')),
  version int NOT NULL DEFAULT 1 CHECK (version >= 1),
  attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- Attempts of this round, against the retry schedule.
  tries int NOT NULL DEFAULT 0 CHECK (tries >= 0),
  dispatch int NOT NULL DEFAULT 0 CHECK (dispatch >= 0),
  idle_dispatches int NOT NULL DEFAULT 0 CHECK (idle_dispatches >= 0),
  -- The job of this dispatch has yet to be made, by whichever notifier sees this first.
  needs_job boolean NOT NULL DEFAULT false,
  dead_letter_reason text CHECK (dead_letter_reason IN
    ('attempts_spent', 'endpoint_disabled', 'endpoint_deleted', 'no_progress')),
  next_action_at timestamptz DEFAULT clock_timestamp(),
  last_attempt_at timestamptz,
  last_duration_ms int,
  last_http_status int,
  last_error text,
  -- What the receiver said, cut short: for the merchant who looks for the fault.
  last_response text CHECK (length(last_response) <= 1000),
  delivered_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT only_open_deliveries_have_a_next_action CHECK (
    (next_action_at IS NOT NULL) = (status IN ('pending', 'delivering', 'retry_wait'))),
  CONSTRAINT a_dead_delivery_has_a_reason CHECK ((dead_letter_reason IS NOT NULL) = (status = 'dead_lettered'))
)
WITH (fillfactor = 80);

-- However often an event is found, and by however many notifiers.
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (endpoint_id, event_id);
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (endpoint_id, id);
-- To list by status: nearly all have succeeded, and are found by the index above.
CREATE INDEX webhook_deliveries_not_done ON webhook_deliveries (endpoint_id, status, id) WHERE status <> 'succeeded';
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_action_at, id)
  WHERE status IN ('pending', 'delivering', 'retry_wait');
CREATE INDEX webhook_deliveries_without_job ON webhook_deliveries (id) WHERE needs_job;
-- Kept back while their endpoint is disabled, and sent when it is enabled.
CREATE INDEX webhook_deliveries_held ON webhook_deliveries (endpoint_id, id) WHERE dead_letter_reason = 'endpoint_disabled';

-- Events that have no deliveries yet. Each is taken out by the statement that makes them. There is no cursor over the
-- timeline that could do the same: its rows have no common order, and one that is committed late would be passed over.
-- No foreign key: the timeline row that each comes from has it already, and this table is written with every payment.
CREATE TABLE webhook_outbox (
  payment_id text COLLATE "C" NOT NULL,
  version int NOT NULL,
  kind text NOT NULL,
  refund_id text COLLATE "C",
  merchant_id text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (payment_id, version, kind)
)
-- Near empty, and it churns, as the outbox does.
WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX webhook_outbox_oldest ON webhook_outbox (at);

-- A trigger, so that no statement that writes the timeline, now or one day, can forget it: the event is there, for the
-- endpoints that exist, exactly if the transition is. The kinds are those of packages/domain/src/public-event.ts; a test
-- compares the two.
CREATE FUNCTION note_events_for_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO webhook_outbox (payment_id, version, kind, refund_id, merchant_id, at)
  SELECT n.payment_id, n.version, n.kind, n.refund_id, p.merchant_id, n.at
  FROM new_rows n JOIN payments p ON p.id = n.payment_id
  WHERE n.kind IN ('queued', 'retry_wait', 'unknown', 'dead_lettered', 'succeeded', 'declined', 'canceled',
      'refund_requested', 'refund_retry_wait', 'refund_unknown', 'refund_pending', 'refund_dead_lettered',
      'refund_succeeded', 'refund_failed', 'refund_canceled')
    AND EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.merchant_id = p.merchant_id AND e.deleted_at IS NULL)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER timeline_feeds_webhooks AFTER INSERT ON timeline
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_events_for_webhooks();
