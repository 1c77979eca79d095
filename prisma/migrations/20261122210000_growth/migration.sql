-- How far a purge has come that goes through a table once, in the order of its ids.
CREATE TABLE purges (
  name text PRIMARY KEY,
  reached text COLLATE "C" NOT NULL DEFAULT ''
);
INSERT INTO purges (name) VALUES ('history');

-- The provider's webhooks by age: to forget the oldest without reading the rest.
CREATE INDEX provider_events_oldest ON provider_events (received_at, id);
