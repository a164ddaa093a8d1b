-- Service accounts, their keys and the tokens those were exchanged for (I-65 to I-67, S-36, S-37).

CREATE TABLE service_account (
  id {id} PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, anchor_id {id}, source_networks TEXT NOT NULL, created_by {id}, created_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX service_account_of_anchor ON service_account (anchor_id);
-- `key_id` is part of the key and no secret; of the key itself only a keyed hash is kept.
CREATE TABLE api_key (
  key_id TEXT PRIMARY KEY, service_account_id {id} NOT NULL REFERENCES service_account(id), key_hash {blob} NOT NULL, created_at BIGINT NOT NULL,
  expires_on TEXT NOT NULL, last_used_at BIGINT, last_used_from TEXT, revoked_at BIGINT
);
CREATE INDEX api_key_of_account ON api_key (service_account_id);
-- The key behind each `jti`: a token without its row, its key or its account is none.
CREATE TABLE access_token (
  jti {id} PRIMARY KEY, key_id TEXT NOT NULL REFERENCES api_key(key_id), created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
);
CREATE INDEX access_token_of_key ON access_token (key_id);
-- Public halves of the keys that sign tokens; the private half is a secret of its own. One at a time signs: `signs` is 1 for
-- it and NULL for those that only verify.
CREATE TABLE signing_key (
  kid TEXT PRIMARY KEY, algorithm TEXT NOT NULL, public_key {blob} NOT NULL, signs BIGINT UNIQUE, created_at BIGINT NOT NULL
);
