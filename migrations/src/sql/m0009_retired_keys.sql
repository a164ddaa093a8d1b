-- A key that was replaced verifies until the last token it signed has ended (S-37).
ALTER TABLE signing_key ADD COLUMN retired_at BIGINT;
