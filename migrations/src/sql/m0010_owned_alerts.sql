-- An alert belongs to the entity it is about; without one, to the platform (U-80).
ALTER TABLE alert ADD COLUMN owner_kind TEXT;
ALTER TABLE alert ADD COLUMN owner_id {id};
CREATE INDEX alert_opened ON alert (opened_at, id);
