-- The natural key holds region and reported day, so the window may stand before its hash: rows of a reading then lie side by
-- side in the index, and a commit writes some hundred of its pages instead of one for each row.
DROP INDEX usage_record_key;
DROP INDEX usage_record_window;
CREATE UNIQUE INDEX usage_record_key ON usage_record (window_id, key_hash, ordinal);
