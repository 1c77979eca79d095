-- The people who operate this.
CREATE TABLE operators (
  id text COLLATE "C" PRIMARY KEY,
  username text COLLATE "C" NOT NULL UNIQUE CHECK (username ~ '^[a-z0-9][a-z0-9._@+-]{1,99}$'),
  -- Argon2id, in PHC string form, which names its parameters.
  password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
  role text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  disabled_at timestamptz
);

-- Only the SHA-256 of a session's token is kept: whoever reads this table is nobody.
CREATE TABLE operator_sessions (
  token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  operator_id text COLLATE "C" NOT NULL REFERENCES operators,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX operator_sessions_operator ON operator_sessions (operator_id);
CREATE INDEX operator_sessions_expiry ON operator_sessions (expires_at);

-- For scripts: the API of the operators.
CREATE TABLE operator_tokens (
  id text COLLATE "C" PRIMARY KEY,
  operator_id text COLLATE "C" NOT NULL REFERENCES operators,
  hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  prefix text NOT NULL CHECK (length(prefix) <= 16),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX operator_tokens_operator ON operator_tokens (operator_id);

-- Failed sign-ins, in the form of the library that counts them (rate-limiter-flexible).
CREATE TABLE login_failures (
  key varchar(255) PRIMARY KEY,
  points int NOT NULL DEFAULT 0,
  expire bigint
);

-- A run over many payments in the background. Its payments are fixed when it starts.
CREATE TABLE bulk_runs (
  id text COLLATE "C" PRIMARY KEY,
  operator_id text COLLATE "C" REFERENCES operators,
  actor text NOT NULL,
  via text NOT NULL CHECK (via IN ('console', 'api', 'cli')),
  action text NOT NULL CHECK (action = 'retry'),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  -- What was asked for: `{ filter }` or `{ ids }`.
  selection jsonb NOT NULL,
  rate_per_second int NOT NULL CHECK (rate_per_second BETWEEN 1 AND 1000),
  total int NOT NULL CHECK (total >= 0),
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'aborted', 'finished')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  next_batch_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  CONSTRAINT a_run_that_ended_has_a_time CHECK ((ended_at IS NULL) = (status = 'running'))
);
CREATE INDEX bulk_runs_running ON bulk_runs (next_batch_at) WHERE status = 'running';

CREATE TABLE bulk_run_items (
  bulk_run_id text COLLATE "C" NOT NULL REFERENCES bulk_runs,
  payment_id text COLLATE "C" NOT NULL REFERENCES payments,
  -- As it was when the run was started: what has changed since is left alone.
  version int NOT NULL,
  -- Null until its turn has come.
  result text CHECK (result IN ('retried', 'changed', 'not_dead_lettered')),
  PRIMARY KEY (bulk_run_id, payment_id)
);
CREATE INDEX bulk_run_items_left ON bulk_run_items (bulk_run_id, payment_id) WHERE result IS NULL;

-- Who did what, and why. Written in the transaction that does it.
CREATE TABLE audit_log (
  id text COLLATE "C" PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Null for the command line, whose right is the database's password.
  operator_id text COLLATE "C" REFERENCES operators,
  actor text NOT NULL,
  via text NOT NULL CHECK (via IN ('console', 'api', 'cli')),
  action text NOT NULL,
  payment_id text COLLATE "C" REFERENCES payments,
  -- What it was done to, where that is no payment: an anomaly, a queue, a key, an operator, a run.
  target text,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  before jsonb,
  after jsonb,
  bulk_run_id text COLLATE "C" REFERENCES bulk_runs
);
CREATE INDEX audit_log_payment ON audit_log (payment_id, id) WHERE payment_id IS NOT NULL;
CREATE INDEX audit_log_actor ON audit_log (actor, id);

CREATE FUNCTION refuse_to_change_the_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only ever appended to';
END $$;
CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_audit_log();

-- How an anomaly was closed; who did it, and why, is in the audit log.
ALTER TABLE anomalies ADD COLUMN resolution text,
  ADD CONSTRAINT a_resolved_anomaly_says_how CHECK (resolved_at IS NOT NULL OR resolution IS NULL);
CREATE INDEX anomalies_payment ON anomalies (payment_id) WHERE payment_id IS NOT NULL;

-- What each charger says of itself, every few seconds. One that has said nothing for long is gone.
CREATE TABLE charger_reports (
  id text PRIMARY KEY,
  version text NOT NULL,
  breaker text NOT NULL CHECK (breaker IN ('closed', 'open', 'half_open')),
  breaker_since timestamptz NOT NULL,
  started_at timestamptz NOT NULL,
  reported_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Keys can be found by their merchant, and their use is seen.
ALTER TABLE api_keys ADD COLUMN last_used_at timestamptz;
CREATE INDEX api_keys_merchant ON api_keys (merchant_id);
