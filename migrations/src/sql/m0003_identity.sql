-- Users as identity.md has them: place and language, a second factor, half-way states, known browsers.
ALTER TABLE app_user ADD COLUMN locale TEXT;
ALTER TABLE app_user ADD COLUMN time_zone TEXT;
ALTER TABLE app_user ADD COLUMN pending_email_address TEXT;
-- An entry whose address belongs to somebody outside the branch it was made in: nobody ever signs in with it (S-17).
ALTER TABLE app_user ADD COLUMN shadow BIGINT NOT NULL DEFAULT 0;
-- The authenticator: when it was registered, the last accepted step (S-25), whether one was discarded (I-36).
ALTER TABLE app_user ADD COLUMN mfa_enrolled_at BIGINT;
ALTER TABLE app_user ADD COLUMN mfa_last_step BIGINT;
ALTER TABLE app_user ADD COLUMN mfa_discarded BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app_user ADD COLUMN code_failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app_user ADD COLUMN code_locked_until BIGINT;
ALTER TABLE app_user ADD COLUMN last_failure_at BIGINT;
-- After a hundred failures in a row: of the password, of the code (I-38, I-50).
ALTER TABLE app_user ADD COLUMN reset_required BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app_user ADD COLUMN mfa_reset_required BIGINT NOT NULL DEFAULT 0;
DROP INDEX app_user_email;
CREATE UNIQUE INDEX app_user_email ON app_user (email_address) WHERE deleted_at IS NULL AND shadow = 0;
CREATE INDEX app_user_address ON app_user (email_address);

-- Sessions get a name that is no secret, and say whether a second factor was proved.
DELETE FROM session;
ALTER TABLE session ADD COLUMN id {id};
ALTER TABLE session ADD COLUMN second_factor BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX session_id ON session (id);
-- After the password, before the second factor (I-31).
CREATE TABLE half_session (
  token_hash {blob} PRIMARY KEY, user_id {id} NOT NULL REFERENCES app_user(id), step TEXT NOT NULL, tries BIGINT NOT NULL, created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, source_address TEXT, user_agent TEXT
);
CREATE INDEX half_session_of_user ON half_session (user_id);
-- Browsers that signed in before have a lane of their own (I-51, S-22).
CREATE TABLE known_device (
  token_hash {blob} PRIMARY KEY, user_id {id} NOT NULL REFERENCES app_user(id), failures BIGINT NOT NULL DEFAULT 0, lockouts BIGINT NOT NULL DEFAULT 0,
  locked_until BIGINT, last_failure_at BIGINT, created_at BIGINT NOT NULL, last_used_at BIGINT NOT NULL
);
CREATE INDEX known_device_of_user ON known_device (user_id);

-- A link may carry what it is about: the address it confirms, or that the console made it.
ALTER TABLE one_time_link ADD COLUMN detail TEXT;
CREATE INDEX one_time_link_of_user ON one_time_link (user_id);
-- Codes by mail: keyed hash, one a purpose, five tries (S-24).
CREATE TABLE mailed_code (
  user_id {id} NOT NULL REFERENCES app_user(id), purpose TEXT NOT NULL, code_hash {blob} NOT NULL, tries BIGINT NOT NULL, expires_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, purpose)
);
-- Ten for an authenticator, each works once (I-33).
CREATE TABLE recovery_code (
  code_hash {blob} PRIMARY KEY, user_id {id} NOT NULL REFERENCES app_user(id), created_at BIGINT NOT NULL, used_at BIGINT
);
CREATE INDEX recovery_code_of_user ON recovery_code (user_id);
CREATE INDEX outbox_due ON outbox_message (state, run_after);
