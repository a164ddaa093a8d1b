-- The seals of audit entries, in a table of their own, so that writers do not queue for the head (S-88).
CREATE TABLE audit_seal (
  sequence BIGINT PRIMARY KEY, entry_id BIGINT NOT NULL UNIQUE, hash TEXT NOT NULL, sealed_at BIGINT NOT NULL
);
CREATE INDEX audit_entry_at ON audit_entry (at);
-- What the last test of a connection found; a change of the connection removes it (ST-9).
CREATE TABLE connection_test (
  kind TEXT PRIMARY KEY, succeeded BIGINT NOT NULL, tested_at BIGINT NOT NULL
);

-- Entries and seals are inserted and never change (I-71).

-- only sqlite
CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry
BEGIN
  SELECT RAISE(ABORT, 'the audit record does not change');
END;
-- end
CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry
BEGIN
  SELECT RAISE(ABORT, 'the audit record does not change');
END;
-- end
CREATE TRIGGER audit_seal_update BEFORE UPDATE ON audit_seal
BEGIN
  SELECT RAISE(ABORT, 'the audit record does not change');
END;
-- end
CREATE TRIGGER audit_seal_delete BEFORE DELETE ON audit_seal
BEGIN
  SELECT RAISE(ABORT, 'the audit record does not change');
END;
-- end

-- only postgres
CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'the audit record does not change' USING ERRCODE = 'check_violation';
END
$body$;
-- end
CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry FOR EACH STATEMENT
EXECUTE FUNCTION refuse_change_of_audit();
-- end
CREATE TRIGGER audit_seal_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal FOR EACH STATEMENT
EXECUTE FUNCTION refuse_change_of_audit();
-- end
