-- Money on its way back to a customer.
CREATE TABLE refunds (
  id text COLLATE "C" PRIMARY KEY,
  payment_id text COLLATE "C" NOT NULL REFERENCES payments,
  -- The payment's: keys are a merchant's own.
  merchant_id text COLLATE "C" NOT NULL REFERENCES merchants,
  idempotency_key text COLLATE "C" NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 255),
  request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
  -- In the payment's currency.
  amount_minor bigint NOT NULL CHECK (amount_minor BETWEEN 1 AND 999999999999),
  reason text CHECK (reason IN ('duplicate', 'fraudulent', 'requested_by_customer')),
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  status text NOT NULL DEFAULT 'queued' CHECK (status IN
    ('queued', 'refunding', 'retry_wait', 'unknown', 'pending', 'dead_lettered', 'succeeded', 'failed', 'canceled')),
  version int NOT NULL DEFAULT 1 CHECK (version >= 1),
  outcome_unknown boolean NOT NULL DEFAULT false,
  attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- Attempts of this round, against the retry schedule.
  tries int NOT NULL DEFAULT 0 CHECK (tries >= 0),
  -- At a refund that the provider has and has not finished, since it is so.
  looks int NOT NULL DEFAULT 0 CHECK (looks >= 0),
  dispatch int NOT NULL DEFAULT 0 CHECK (dispatch >= 0),
  idle_dispatches int NOT NULL DEFAULT 0 CHECK (idle_dispatches >= 0),
  provider_refund_id text,
  -- Of the key that requests are sent under: another one is another refund to the provider, so it is changed only when
  -- nothing can come of the one before any more.
  key_number int NOT NULL DEFAULT 1 CHECK (key_number >= 1),
  -- When the first request left under this key; null when none has. The provider forgets it some time after that.
  key_sent_at timestamptz,
  -- This key answers with a stored error for as long as the provider remembers it.
  is_key_spent boolean NOT NULL DEFAULT false,
  -- When the last request left, under whichever key.
  last_sent_at timestamptz,
  failure_code text,
  dead_letter_reason text,
  next_action_at timestamptz DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),

  -- An unknown outcome cannot be lost by a careless update: only these states may carry it, and `unknown` must.
  CONSTRAINT unknown_refund_is_kept CHECK (
    CASE status WHEN 'unknown' THEN outcome_unknown WHEN 'refunding' THEN true WHEN 'dead_lettered' THEN true
    ELSE NOT outcome_unknown END),
  -- Nothing can be unknown before a request was announced, or one was found that a lost backup knew of.
  CONSTRAINT what_is_unknown_was_sent CHECK (
    NOT outcome_unknown OR last_sent_at IS NOT NULL OR provider_refund_id IS NOT NULL),
  -- What is said to be at the provider has been seen there.
  CONSTRAINT what_moved_was_seen CHECK (
    provider_refund_id IS NOT NULL OR status NOT IN ('pending', 'succeeded', 'canceled')),
  CONSTRAINT a_sent_key_has_a_time CHECK ((key_sent_at IS NULL) = (last_sent_at IS NULL)),
  CONSTRAINT only_moving_refunds_have_a_next_action CHECK (
    (next_action_at IS NOT NULL) = (status IN ('queued', 'refunding', 'retry_wait', 'unknown', 'pending'))),
  CONSTRAINT a_dead_refund_has_a_reason CHECK ((dead_letter_reason IS NOT NULL) = (status = 'dead_lettered')),
  CONSTRAINT a_failed_refund_has_a_code CHECK (status NOT IN ('failed', 'canceled') OR failure_code IS NOT NULL)
)
WITH (fillfactor = 80);

CREATE UNIQUE INDEX refunds_idempotency ON refunds (merchant_id, idempotency_key);
-- The last guard against two refunds of ours that hold one of the provider's for theirs.
CREATE UNIQUE INDEX refunds_provider_refund ON refunds (provider_refund_id) WHERE provider_refund_id IS NOT NULL;
CREATE INDEX refunds_of_payment ON refunds (payment_id, id);
CREATE INDEX refunds_due ON refunds (next_action_at, id)
  WHERE status IN ('queued', 'refunding', 'retry_wait', 'unknown', 'pending');
CREATE INDEX refunds_dead_lettered ON refunds (id) WHERE status = 'dead_lettered';

-- One claim of a refund by a charger, committed before the provider is called; or a look that moved it.
CREATE TABLE refund_attempts (
  id text COLLATE "C" PRIMARY KEY,
  refund_id text COLLATE "C" NOT NULL REFERENCES refunds,
  number int NOT NULL CHECK (number >= 1),
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Committed before the request that moves the money leaves: without it, none has left in this attempt.
  sent_at timestamptz,
  sent_key text,
  ended_at timestamptz,
  outcome text CHECK (outcome IN ('pending', 'succeeded', 'failed', 'canceled', 'not_executed', 'unknown')),
  code text,
  evidence jsonb,
  UNIQUE (refund_id, number),
  CONSTRAINT an_ended_refund_attempt_has_an_outcome CHECK ((outcome IS NULL) = (ended_at IS NULL)),
  CONSTRAINT a_request_has_a_key CHECK ((sent_at IS NULL) = (sent_key IS NULL))
);

ALTER TABLE payments
  -- Of all refunds that have not failed: what may have gone back, or still may.
  ADD COLUMN refund_reserved_minor bigint NOT NULL DEFAULT 0,
  -- Of those that have succeeded.
  ADD COLUMN refunded_minor bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT never_more_back_than_was_charged CHECK (
    0 <= refunded_minor AND refunded_minor <= refund_reserved_minor AND refund_reserved_minor <= amount_minor),
  ADD CONSTRAINT only_what_was_charged_goes_back CHECK (refund_reserved_minor = 0 OR status = 'succeeded');

-- The two sums are the refunds, at the end of every statement: a reservation that is forgotten, released twice, or changed
-- by hand is refused. Whoever changes a refund's state has the payment's row locked, so what is counted here stays.
CREATE FUNCTION check_refund_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_payment text COLLATE "C" := CASE WHEN TG_TABLE_NAME = 'payments' THEN to_jsonb(NEW)->>'id'
    ELSE to_jsonb(coalesce(NEW, OLD))->>'payment_id' END;
BEGIN
  IF EXISTS (
    SELECT 1 FROM payments p, LATERAL (
      SELECT coalesce(sum(amount_minor) FILTER (WHERE status NOT IN ('failed', 'canceled')), 0) AS reserved,
        coalesce(sum(amount_minor) FILTER (WHERE status = 'succeeded'), 0) AS refunded
      FROM refunds WHERE payment_id = p.id) s
    WHERE p.id = of_payment AND (s.reserved, s.refunded) IS DISTINCT FROM (p.refund_reserved_minor, p.refunded_minor))
  THEN
    RAISE EXCEPTION 'the refunds of % are not what the payment says', of_payment
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_sums_are_the_refunds';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refund_sums_are_the_refunds
  AFTER INSERT OR DELETE OR UPDATE OF status, amount_minor, payment_id ON refunds
  DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION check_refund_sums();
CREATE CONSTRAINT TRIGGER refund_sums_are_the_refunds
  AFTER UPDATE OF refund_reserved_minor, refunded_minor ON payments DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW
  WHEN (OLD.refund_reserved_minor <> NEW.refund_reserved_minor OR OLD.refunded_minor <> NEW.refunded_minor)
  EXECUTE FUNCTION check_refund_sums();

-- A payment's timeline tells of its refunds as well; each of their changes is a version of the payment.
ALTER TABLE timeline ADD COLUMN refund_id text COLLATE "C" REFERENCES refunds;
CREATE INDEX timeline_refund ON timeline (refund_id, version) WHERE refund_id IS NOT NULL;

-- With a refund, version and dispatch are the refund's; an `event` is the payment's, as before.
ALTER TABLE outbox ADD COLUMN refund_id text COLLATE "C" REFERENCES refunds,
  DROP CONSTRAINT outbox_kind_check,
  ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('accepted', 'dispatch', 'look_again', 'event', 'dead_lettered',
    'refund_dispatch', 'refund_look', 'refund_dead_lettered', 'refunds_compare')),
  ADD CONSTRAINT a_refund_row_names_its_refund CHECK (
    (refund_id IS NOT NULL) = (kind IN ('refund_dispatch', 'refund_look', 'refund_dead_lettered')));

ALTER TABLE provider_events ADD COLUMN refund_id text COLLATE "C" REFERENCES refunds;
