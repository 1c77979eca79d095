-- A bank can send a refund back weeks after it has succeeded, and the webhook that says so can be lost. So the provider is
-- asked again a few times: when next, and 'infinity' when no more. A default that is past already, so that whatever makes a
-- refund succeed need not think of it: the first review that comes by sets the time.
ALTER TABLE refunds ADD COLUMN review_at timestamptz NOT NULL DEFAULT now();

CREATE INDEX refunds_to_review ON refunds (review_at) WHERE status = 'succeeded' AND review_at < 'infinity';
