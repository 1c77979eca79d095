import type pg from "pg";

// The timeline is written by those who are watched. These triggers see every change of a payment, also one that says
// nothing of itself, and every row that entered the outbox, also when it has long left it.
const OBSERVER = `
CREATE SCHEMA proof;
CREATE TABLE proof.payment_changes (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payment_id text NOT NULL,
  version int NOT NULL, old_status text NOT NULL, new_status text NOT NULL, old_unknown boolean NOT NULL,
  new_unknown boolean NOT NULL, old_object text, new_object text, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE TABLE proof.announcements (payment_id text PRIMARY KEY);
CREATE FUNCTION proof.note_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO proof.payment_changes (payment_id, version, old_status, new_status, old_unknown, new_unknown, old_object, new_object)
  VALUES (NEW.id, NEW.version, OLD.status, NEW.status, OLD.outcome_unknown, NEW.outcome_unknown, OLD.provider_object_id,
    NEW.provider_object_id);
  RETURN NULL;
END $$;
CREATE TRIGGER proof_notes_changes AFTER UPDATE ON payments FOR EACH ROW
  WHEN ((OLD.status, OLD.outcome_unknown, OLD.provider_object_id) IS DISTINCT FROM
    (NEW.status, NEW.outcome_unknown, NEW.provider_object_id))
  EXECUTE FUNCTION proof.note_change();
CREATE FUNCTION proof.note_announcement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO proof.announcements VALUES (NEW.payment_id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER proof_notes_announcements AFTER INSERT ON outbox FOR EACH ROW
  WHEN (NEW.kind = 'accepted') EXECUTE FUNCTION proof.note_announcement();
`;

/** Has Postgres itself write down what happens to payments, in a schema of its own. Once for each database. */
export async function installObserver(pool: pg.Pool): Promise<void> {
  await pool.query(OBSERVER);
}
