-- Identity providers, linked identities, sign-ins under way at a provider, and planned moves.

CREATE TABLE identity_provider (
  id {id} PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, issuer TEXT NOT NULL, client_id TEXT NOT NULL, scopes TEXT NOT NULL,
  algorithm TEXT NOT NULL, directory TEXT, enabled BIGINT NOT NULL, version BIGINT NOT NULL, created_at BIGINT NOT NULL
);
-- An identity is issuer and subject, of one user, found by nothing else (I-42, S-34).
CREATE TABLE user_identity (
  id {id} PRIMARY KEY, user_id {id} NOT NULL REFERENCES app_user(id), identity_provider_id {id} NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL,
  linked_at BIGINT NOT NULL, last_used_at BIGINT, UNIQUE (issuer, subject)
);
CREATE INDEX user_identity_of_user ON user_identity (user_id);
CREATE INDEX user_identity_of_provider ON user_identity (identity_provider_id);
-- A browser on its way to a provider and back (S-33): keyed hashes only; nonce and verifier come from the cookie.
CREATE TABLE federation_state (
  state_hash {blob} PRIMARY KEY, browser_hash {blob} NOT NULL, identity_provider_id {id} NOT NULL, purpose TEXT NOT NULL, user_id {id}, session_id {id},
  link_hash {blob}, return_to TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
);
-- Which provider opened a session or half-way state (I-44).
ALTER TABLE session ADD COLUMN identity_provider_id {id};
ALTER TABLE half_session ADD COLUMN identity_provider_id {id};

-- A planned move waits with no `applied_at`; what took effect stays, so that a month finds its parents (PM-15, C-15).
CREATE TABLE entity_move (
  id {id} PRIMARY KEY, entity_kind TEXT NOT NULL, entity_id {id} NOT NULL, from_id {id} NOT NULL, to_id {id} NOT NULL, effective_month TEXT NOT NULL,
  created_at BIGINT NOT NULL, applied_at BIGINT
);
CREATE UNIQUE INDEX entity_move_planned ON entity_move (entity_kind, entity_id) WHERE applied_at IS NULL;
