-- What the page of a region shows without counting its usage again: how many rows a window in force has, and which meters a
-- region has reported.
ALTER TABLE usage_window ADD COLUMN row_count BIGINT NOT NULL DEFAULT 0;
UPDATE usage_window SET row_count = (SELECT COUNT(*) FROM usage_record WHERE usage_record.window_id = usage_window.id) WHERE in_force = 1;
CREATE TABLE seen_meter (
  region_id {id} NOT NULL REFERENCES region(id), meter_id TEXT NOT NULL, PRIMARY KEY (region_id, meter_id)
);
INSERT INTO seen_meter (region_id, meter_id)
  SELECT DISTINCT w.region_id, r.meter_id FROM usage_record r JOIN usage_window w ON w.id = r.window_id;
