-- Tells the apis, which remember for a moment whose key is whose, to forget it: a key that is revoked must not go on until the
-- moment is over. Triggers, so that it holds for whoever changes a row, by whatever statement, by hand as well.
--
-- Not for `last_used_at`, which is written for every key in use once a minute: nobody would remember anything for long. Nor for
-- a new key, since that nobody has the key is not remembered. Once for each statement, and without saying which key: it is
-- rare, and to ask anew for all of them costs each one look.
CREATE FUNCTION tell_of_changed_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('api_keys', '');
  RETURN NULL;
END $$;
CREATE TRIGGER api_keys_tell_of_changes AFTER UPDATE OF revoked_at, kind, merchant_id, hash OR DELETE OR TRUNCATE ON api_keys
  FOR EACH STATEMENT EXECUTE FUNCTION tell_of_changed_keys();
-- An owner is remembered together with whether the page's origin is one of the merchant's.
CREATE TRIGGER merchant_origins_tell_of_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON merchant_origins
  FOR EACH STATEMENT EXECUTE FUNCTION tell_of_changed_keys();
