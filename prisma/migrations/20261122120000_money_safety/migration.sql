-- Two systems may share one account at the provider: objects that carry another id are not ours.
CREATE TABLE installation (
  id text PRIMARY KEY DEFAULT gen_random_uuid(),
  is_the_only_row boolean NOT NULL DEFAULT true UNIQUE CHECK (is_the_only_row)
);
INSERT INTO installation DEFAULT VALUES;

ALTER TABLE payments
  -- Attempts of this round, against the retry schedule. A look that evidence asked for spends none.
  ADD COLUMN tries int NOT NULL DEFAULT 0 CHECK (tries >= 0),
  -- As of the first attempt, and the same for every later one: elsewhere the object and its idempotency keys do not exist.
  ADD COLUMN provider_account text,
  ADD COLUMN provider_api_version text,
  ADD COLUMN cancel_requested boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT only_what_has_not_charged_can_be_canceled CHECK (
    NOT cancel_requested OR (NOT outcome_unknown AND status IN ('queued', 'retry_wait')));

-- The last guard against two payments that share an object, and so one charge.
CREATE UNIQUE INDEX payments_provider_object ON payments (provider_object_id) WHERE provider_object_id IS NOT NULL;

-- The dead letters, for operators and for the sweep.
CREATE INDEX payments_dead_lettered ON payments (id) WHERE status = 'dead_lettered';

-- Entries that are no transitions stand beside the one that is.
ALTER TABLE timeline DROP CONSTRAINT timeline_pkey, ADD PRIMARY KEY (payment_id, version, kind);

-- What contradicts what we hold to be true. Nothing is changed because of it: a person looks.
CREATE TABLE anomalies (
  id text COLLATE "C" PRIMARY KEY,
  kind text NOT NULL,
  -- Absent for a charge that has no payment.
  payment_id text COLLATE "C" REFERENCES payments,
  provider_object_id text,
  evidence jsonb NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  resolved_at timestamptz
);
-- The same contradiction seen again is the same anomaly.
CREATE UNIQUE INDEX anomalies_open ON anomalies (kind, coalesce(payment_id, ''), coalesce(provider_object_id, ''))
  WHERE resolved_at IS NULL;

-- The provider's webhooks, each once.
CREATE TABLE provider_events (
  id text COLLATE "C" PRIMARY KEY,
  type text NOT NULL,
  payment_id text COLLATE "C" REFERENCES payments,
  provider_object_id text,
  created_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX provider_events_payment ON provider_events (payment_id);

-- An operator's pause. Redis would forget it.
CREATE TABLE queue_pauses (
  queue text PRIMARY KEY,
  reason text NOT NULL,
  paused_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A comparison of the provider's charges with our payments, as far as it got.
CREATE TABLE reconciliations (
  id text COLLATE "C" PRIMARY KEY,
  -- Our payments made from, inclusive, to, exclusive.
  period_from timestamptz NOT NULL,
  period_to timestamptz NOT NULL CHECK (period_to > period_from),
  -- Charges are listed from a little before the period to here: a payment's object may be made later than the payment.
  charges_to timestamptz NOT NULL CHECK (charges_to > period_from),
  provider_account text NOT NULL,
  is_scheduled boolean NOT NULL DEFAULT false,
  -- Where the provider's list goes on, and then ours.
  provider_cursor text,
  is_provider_listed boolean NOT NULL DEFAULT false,
  payment_cursor text COLLATE "C",
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  charges int NOT NULL DEFAULT 0,
  payments int NOT NULL DEFAULT 0,
  healing int NOT NULL DEFAULT 0,
  anomalies int NOT NULL DEFAULT 0
);
CREATE INDEX reconciliations_unfinished ON reconciliations (started_at) WHERE finished_at IS NULL;
-- What a run found to differ: kept, so that a run that was interrupted can still say all of it.
CREATE TABLE reconciliation_findings (
  reconciliation_id text COLLATE "C" NOT NULL REFERENCES reconciliations ON DELETE CASCADE,
  provider_object_id text COLLATE "C" NOT NULL,
  -- `healing`, or the kind of the anomaly.
  kind text NOT NULL,
  payment_id text COLLATE "C",
  payment_status text,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  PRIMARY KEY (reconciliation_id, kind, provider_object_id)
);
-- The charged objects the provider has listed in a run that is not finished.
CREATE TABLE reconciliation_seen (
  reconciliation_id text COLLATE "C" NOT NULL REFERENCES reconciliations ON DELETE CASCADE,
  provider_object_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (reconciliation_id, provider_object_id)
);
