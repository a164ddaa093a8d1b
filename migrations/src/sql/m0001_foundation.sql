-- Types: {id} identity, {blob} bytes, {serial} growing row number. Instants are BIGINT microseconds since 1970 UTC
-- (`*_at`), dates TEXT `YYYY-MM-DD` (`*_on`), months TEXT `YYYY-MM`; money is BIGINT minor units, decimals are
-- canonical TEXT (R-75). Nothing here has an affinity that could turn exact text into a float.

CREATE TABLE distributor (
  id {id} PRIMARY KEY, name TEXT NOT NULL UNIQUE, profile TEXT NOT NULL, currency TEXT NOT NULL, version BIGINT NOT NULL,
  created_at BIGINT NOT NULL, archived_at BIGINT
);
CREATE TABLE partner (
  id {id} PRIMARY KEY, distributor_id {id} NOT NULL REFERENCES distributor(id), name TEXT NOT NULL, profile TEXT NOT NULL,
  currency TEXT NOT NULL, version BIGINT NOT NULL, created_at BIGINT NOT NULL, archived_at BIGINT,
  UNIQUE (distributor_id, name)
);
CREATE TABLE tenant (
  id {id} PRIMARY KEY, partner_id {id} NOT NULL REFERENCES partner(id), name TEXT NOT NULL, profile TEXT NOT NULL,
  currency TEXT NOT NULL, payment_terms_days BIGINT, tax_treatment TEXT NOT NULL, tax_rate TEXT, tax_label TEXT, tax_note TEXT,
  version BIGINT NOT NULL, created_at BIGINT NOT NULL, archived_at BIGINT,
  UNIQUE (partner_id, name)
);

CREATE TABLE app_user (
  id {id} PRIMARY KEY, email_address TEXT, first_name TEXT, last_name TEXT, phone_number TEXT,
  role TEXT NOT NULL, anchor_id {id}, state TEXT NOT NULL, disabled BIGINT NOT NULL DEFAULT 0, locked_by_administrator BIGINT NOT NULL DEFAULT 0,
  mfa_required BIGINT NOT NULL DEFAULT 0, federated_only BIGINT NOT NULL DEFAULT 0,
  password_hash TEXT, failures BIGINT NOT NULL DEFAULT 0, lockouts BIGINT NOT NULL DEFAULT 0, locked_until BIGINT,
  version BIGINT NOT NULL, created_at BIGINT NOT NULL, deleted_at BIGINT
);
CREATE UNIQUE INDEX app_user_email ON app_user (email_address) WHERE deleted_at IS NULL;
CREATE INDEX app_user_anchor ON app_user (anchor_id);
CREATE TABLE session (
  token_hash {blob} PRIMARY KEY, user_id {id} NOT NULL REFERENCES app_user(id), created_at BIGINT NOT NULL, last_used_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, proven_at BIGINT NOT NULL, source_address TEXT, user_agent TEXT
);
CREATE INDEX session_of_user ON session (user_id);
-- Links by mail: invitation and password reset (S-24); stored as keyed hash.
CREATE TABLE one_time_link (
  token_hash {blob} PRIMARY KEY, user_id {id} NOT NULL REFERENCES app_user(id), purpose TEXT NOT NULL, created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, used_at BIGINT
);
-- At most one row ever: the first administrator (I-68, S-39).
CREATE TABLE first_administrator (
  only_row BIGINT PRIMARY KEY CHECK (only_row = 1), user_id {id} NOT NULL, created_at BIGINT NOT NULL
);
CREATE TABLE bootstrap_token (
  only_row BIGINT PRIMARY KEY CHECK (only_row = 1), token_hash {blob} NOT NULL, expires_at BIGINT NOT NULL
);
-- One row a limited source or account and window (S-52).
CREATE TABLE rate_budget (
  budget TEXT NOT NULL, subject TEXT NOT NULL, window_started_at BIGINT NOT NULL, used BIGINT NOT NULL,
  PRIMARY KEY (budget, subject, window_started_at)
);

CREATE TABLE setting (
  key TEXT PRIMARY KEY, value TEXT NOT NULL, version BIGINT NOT NULL, changed_at BIGINT NOT NULL
);
-- Values that prices depend on are kept for ever (ST-13).
CREATE TABLE setting_history (
  key TEXT NOT NULL, value TEXT NOT NULL, changed_at BIGINT NOT NULL, PRIMARY KEY (key, changed_at)
);
-- Encrypted envelope of one secret (S-56): owner names table, row and column.
CREATE TABLE secret (
  owner_kind TEXT NOT NULL, owner_id TEXT NOT NULL, name TEXT NOT NULL, key_id TEXT NOT NULL, wrapped_key {blob} NOT NULL,
  ciphertext {blob} NOT NULL, set_at BIGINT NOT NULL, expires_on TEXT, PRIMARY KEY (owner_kind, owner_id, name)
);

CREATE TABLE region (
  id {id} PRIMARY KEY, name TEXT NOT NULL UNIQUE, details TEXT NOT NULL, admin_endpoint TEXT NOT NULL, tenant_endpoint TEXT,
  identity_system TEXT, directory TEXT, login_endpoint TEXT, client_id TEXT, credential_kind TEXT,
  location TEXT, provider_subscription_id TEXT, private_ca_pem TEXT,
  time_zone TEXT NOT NULL, run_window_start TEXT NOT NULL, run_window_end TEXT NOT NULL, lookback_days BIGINT NOT NULL,
  granularity TEXT NOT NULL, state TEXT NOT NULL, enabled BIGINT NOT NULL DEFAULT 0, first_usage_on TEXT,
  last_run_at BIGINT, last_success_at BIGINT, last_error TEXT, version BIGINT NOT NULL, created_at BIGINT NOT NULL, archived_at BIGINT
);
CREATE TABLE subscription (
  id {id} PRIMARY KEY, tenant_id {id} NOT NULL REFERENCES tenant(id), region_id {id} NOT NULL REFERENCES region(id),
  platform_subscription_id {id} NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, directory_id TEXT NOT NULL, owner TEXT NOT NULL,
  offer_id TEXT, state TEXT NOT NULL, auto_created BIGINT NOT NULL DEFAULT 0, version BIGINT NOT NULL, created_at BIGINT NOT NULL,
  archived_at BIGINT, UNIQUE (region_id, platform_subscription_id)
);
CREATE INDEX subscription_tenant ON subscription (tenant_id);

CREATE TABLE meter (
  meter_id TEXT PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL, unit TEXT NOT NULL, unit_kind TEXT NOT NULL,
  description TEXT NOT NULL, known BIGINT NOT NULL, created_at BIGINT NOT NULL
);

-- One UTC day of reported time of a region (U-20). Rows count for billing while `in_force` is 1.
CREATE TABLE usage_window (
  id {serial}, region_id {id} NOT NULL REFERENCES region(id), reported_on TEXT NOT NULL,
  granularity TEXT NOT NULL, in_force BIGINT NOT NULL DEFAULT 0, read_at BIGINT, held_back BIGINT NOT NULL DEFAULT 0, counters TEXT NOT NULL,
  reading_job_id {id}, resume_link TEXT, UNIQUE (region_id, reported_on)
);
CREATE TABLE usage_record (
  id {serial}, window_id BIGINT NOT NULL REFERENCES usage_window(id), platform_subscription_id {id} NOT NULL, meter_id TEXT NOT NULL,
  usage_start_s BIGINT NOT NULL, usage_end_s BIGINT NOT NULL, resource_uri TEXT NOT NULL, sku TEXT NOT NULL, quantity TEXT NOT NULL,
  quantity_text TEXT NOT NULL, instance_data TEXT NOT NULL, read_at BIGINT NOT NULL, key_hash {blob} NOT NULL, ordinal BIGINT NOT NULL
);
CREATE UNIQUE INDEX usage_record_key ON usage_record (key_hash, ordinal);
CREATE INDEX usage_record_subscription ON usage_record (platform_subscription_id, usage_start_s);
CREATE INDEX usage_record_window ON usage_record (window_id);
-- Changed and new rows of a window that is read again, until the reading is complete (U-33, U-36).
CREATE TABLE usage_staged (
  window_id BIGINT NOT NULL REFERENCES usage_window(id), platform_subscription_id {id} NOT NULL, meter_id TEXT NOT NULL,
  usage_start_s BIGINT NOT NULL, usage_end_s BIGINT NOT NULL, resource_uri TEXT NOT NULL, sku TEXT NOT NULL, quantity TEXT NOT NULL,
  quantity_text TEXT NOT NULL, instance_data TEXT NOT NULL, read_at BIGINT NOT NULL, key_hash {blob} NOT NULL, ordinal BIGINT NOT NULL,
  PRIMARY KEY (window_id, key_hash, ordinal)
);
-- Replaced and removed rows as they were (U-33); `change` is `changed` or `removed`.
CREATE TABLE usage_history (
  id {serial}, window_id BIGINT NOT NULL REFERENCES usage_window(id), replaced_at BIGINT NOT NULL, change TEXT NOT NULL,
  platform_subscription_id {id} NOT NULL, meter_id TEXT NOT NULL,
  usage_start_s BIGINT NOT NULL, usage_end_s BIGINT NOT NULL, resource_uri TEXT NOT NULL, sku TEXT NOT NULL, quantity TEXT NOT NULL,
  quantity_text TEXT NOT NULL, instance_data TEXT NOT NULL, read_at BIGINT NOT NULL, key_hash {blob} NOT NULL, ordinal BIGINT NOT NULL
);
CREATE INDEX usage_history_window ON usage_history (window_id);
CREATE TABLE quarantined_record (
  id {id} PRIMARY KEY, window_id BIGINT NOT NULL REFERENCES usage_window(id), reason TEXT NOT NULL, platform_subscription_id TEXT,
  meter_id TEXT, received TEXT NOT NULL, content_hash {blob} NOT NULL, read_at BIGINT NOT NULL, resolved_at BIGINT, resolution TEXT, UNIQUE (window_id, content_hash)
);
-- Platform subscriptions seen in usage: rows in force per region; unmapped until registered (U-41, U-42).
CREATE TABLE seen_subscription (
  region_id {id} NOT NULL REFERENCES region(id), platform_subscription_id {id} NOT NULL, first_seen_at BIGINT NOT NULL,
  ignored BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (region_id, platform_subscription_id)
);

CREATE TABLE price_list (
  id {id} PRIMARY KEY, display_name TEXT NOT NULL UNIQUE, description TEXT NOT NULL, scope_kind TEXT NOT NULL, region_id {id} REFERENCES region(id),
  tenant_id {id} REFERENCES tenant(id), currency TEXT NOT NULL, retired_from TEXT, version BIGINT NOT NULL, created_at BIGINT NOT NULL
);
CREATE TABLE price_list_version (
  id {id} PRIMARY KEY, price_list_id {id} NOT NULL REFERENCES price_list(id), state TEXT NOT NULL, effective_from TEXT,
  published_at BIGINT, created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX price_list_version_draft ON price_list_version (price_list_id) WHERE state = 'draft';
CREATE UNIQUE INDEX price_list_version_from ON price_list_version (price_list_id, effective_from) WHERE state = 'published';
CREATE TABLE pricing_item (
  id {id} PRIMARY KEY, price_list_version_id {id} NOT NULL REFERENCES price_list_version(id), meter_id TEXT NOT NULL REFERENCES meter(meter_id),
  sku TEXT NOT NULL, rate TEXT NOT NULL, rate_period TEXT NOT NULL, unit TEXT NOT NULL, unit_divisor BIGINT NOT NULL, description TEXT NOT NULL,
  tier_mode TEXT NOT NULL, tiers TEXT NOT NULL, credits TEXT NOT NULL, UNIQUE (price_list_version_id, meter_id, sku)
);

CREATE TABLE invoice (
  id {id} PRIMARY KEY, kind TEXT NOT NULL, tenant_id {id} NOT NULL REFERENCES tenant(id), period TEXT NOT NULL, status TEXT NOT NULL,
  revision BIGINT NOT NULL, number TEXT, currency TEXT NOT NULL, net_minor BIGINT NOT NULL, tax_minor BIGINT NOT NULL, total_minor BIGINT NOT NULL,
  tax_treatment TEXT NOT NULL, tax_label TEXT, tax_rate TEXT NOT NULL, payment_terms_days BIGINT, issued_at BIGINT, issued_on TEXT, due_on TEXT,
  stale BIGINT NOT NULL DEFAULT 0, incomplete BIGINT NOT NULL DEFAULT 0, unpriced_rows BIGINT NOT NULL DEFAULT 0, blockers TEXT NOT NULL, snapshot TEXT NOT NULL, override_reason TEXT,
  tenant_version BIGINT NOT NULL, version BIGINT NOT NULL, generated_at BIGINT NOT NULL, created_at BIGINT NOT NULL
);
-- At most one period document (B-6).
CREATE UNIQUE INDEX invoice_period ON invoice (tenant_id, period) WHERE status <> 'void' AND kind = 'invoice';
CREATE UNIQUE INDEX invoice_number ON invoice (number);
CREATE INDEX invoice_list ON invoice (period, id);
CREATE TABLE invoice_line (
  id {id} PRIMARY KEY, invoice_id {id} NOT NULL REFERENCES invoice(id), position BIGINT NOT NULL, line_kind TEXT NOT NULL, subscription_id {id},
  subscription_name TEXT NOT NULL, category TEXT NOT NULL, meter_id TEXT, meter_name TEXT NOT NULL, sku TEXT NOT NULL, unit TEXT NOT NULL,
  quantity TEXT, rate_text TEXT, credits_text TEXT, description TEXT NOT NULL, pricing_item_id {id}, priced BIGINT NOT NULL, amount_minor BIGINT NOT NULL, explanation TEXT NOT NULL,
  UNIQUE (invoice_id, position)
);
-- Counts what changed the figures of a period: usage, prices, mapping. A preview made from an older count is stale (B-8).
CREATE TABLE period_change ( period TEXT PRIMARY KEY, counter BIGINT NOT NULL );
CREATE TABLE number_series (
  kind TEXT NOT NULL, year BIGINT NOT NULL, last_number BIGINT NOT NULL, PRIMARY KEY (kind, year)
);
-- Rendered once, never changed (B-84).
CREATE TABLE stored_document (
  invoice_id {id} NOT NULL REFERENCES invoice(id), format TEXT NOT NULL, content {blob} NOT NULL, content_hash TEXT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (invoice_id, format)
);

CREATE TABLE job (
  id {id} PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, payload TEXT NOT NULL, payload_version BIGINT NOT NULL, business_key TEXT,
  lock_key TEXT, join_key TEXT,
  state TEXT NOT NULL, reason TEXT, message TEXT, run_after BIGINT NOT NULL, attempt BIGINT NOT NULL, owner TEXT, lease_until BIGINT, fence BIGINT NOT NULL,
  deadline_at BIGINT, cancel_requested BIGINT NOT NULL DEFAULT 0, requested_by {id}, tenant_id {id}, region_id {id}, retry_of {id},
  progress_done BIGINT NOT NULL DEFAULT 0, progress_total BIGINT, progress_unit TEXT NOT NULL DEFAULT '', resume_point TEXT, result TEXT,
  created_at BIGINT NOT NULL, started_at BIGINT, finished_at BIGINT
);
CREATE UNIQUE INDEX job_business_key ON job (kind, business_key) WHERE business_key IS NOT NULL;
CREATE INDEX job_claim ON job (state, run_after);
-- One open job for the same request (U-62).
CREATE UNIQUE INDEX job_join ON job (kind, join_key) WHERE join_key IS NOT NULL AND state IN ('queued', 'running');
CREATE TABLE job_log (
  id {serial}, job_id {id} NOT NULL REFERENCES job(id), at BIGINT NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL
);
CREATE INDEX job_log_job ON job_log (job_id, id);
-- Running jobs hold their lock here; one row a lock (U-62).
CREATE TABLE job_lock ( lock_key TEXT PRIMARY KEY, job_id {id} NOT NULL );

CREATE TABLE idempotency_record (
  actor_id {id} NOT NULL, route TEXT NOT NULL, key_hash {blob} NOT NULL, fingerprint {blob} NOT NULL, request_id TEXT NOT NULL, status BIGINT NOT NULL, headers TEXT NOT NULL,
  body {blob} NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (actor_id, route, key_hash)
);
CREATE TABLE outbox_message (
  id {id} PRIMARY KEY, kind TEXT NOT NULL, subject_key TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL, attempt BIGINT NOT NULL,
  run_after BIGINT NOT NULL, last_answer TEXT, created_at BIGINT NOT NULL, done_at BIGINT, UNIQUE (kind, subject_key)
);
CREATE TABLE audit_entry (
  id {serial}, at BIGINT NOT NULL, actor_kind TEXT NOT NULL, actor_id {id}, credential_kind TEXT NOT NULL, operation TEXT NOT NULL, target_kind TEXT NOT NULL,
  target_id TEXT NOT NULL, distributor_id {id}, partner_id {id}, tenant_id {id}, before_json TEXT, after_json TEXT, reason TEXT, request_id TEXT,
  source_address TEXT, step_up BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE alert (
  id {id} PRIMARY KEY, kind TEXT NOT NULL, severity TEXT NOT NULL, subject_key TEXT NOT NULL, message TEXT NOT NULL, state TEXT NOT NULL,
  opened_at BIGINT NOT NULL, closed_at BIGINT
);
CREATE UNIQUE INDEX alert_open ON alert (kind, subject_key) WHERE state <> 'closed';
