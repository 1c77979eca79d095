-- The web origins from which a merchant's publishable keys are taken, as browsers spell them in the header Origin.
CREATE TABLE merchant_origins (
  merchant_id text COLLATE "C" NOT NULL REFERENCES merchants,
  origin text COLLATE "C" NOT NULL CHECK (origin ~ '^https?://[^/\s?#@*A-Z]+$' AND length(origin) <= 300),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (merchant_id, origin)
);
-- A preflight names an origin and no key.
CREATE INDEX merchant_origins_by_origin ON merchant_origins (origin);

-- SHA-256 of the secret that the payment's creator made. NULL where the creator made none: its secret is derived.
ALTER TABLE payments ADD COLUMN client_secret_hash bytea CHECK (octet_length(client_secret_hash) = 32);

-- What client secrets are derived with: 244 random bits, made here, so that there is nothing to configure or to forget.
ALTER TABLE installation ADD COLUMN client_secret_key bytea NOT NULL
  DEFAULT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) CHECK (octet_length(client_secret_key) = 32);
