//! Forward-only schema migrations for SQLite and PostgreSQL.
//!
//! Each migration is one SQL file under `sql/`, written once for both databases: `{id}`, `{blob}` and `{serial}` stand
//! for the types that differ. Statements are separated by `;` at the end of a line.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseBackend};

/// All migrations in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        FILES
            .iter()
            .map(|(name, sql)| -> Box<dyn MigrationTrait> { Box::new(SqlFile { name, sql }) })
            .collect()
    }
}

/// Name and text of each migration; append only.
const FILES: &[(&str, &str)] = &[
    ("m0001_foundation", include_str!("sql/m0001_foundation.sql")),
    ("m0002_issued_is_issued", include_str!("sql/m0002_issued_is_issued.sql")),
    ("m0003_identity", include_str!("sql/m0003_identity.sql")),
    ("m0004_administration", include_str!("sql/m0004_administration.sql")),
    ("m0005_federation", include_str!("sql/m0005_federation.sql")),
    ("m0006_usage_key", include_str!("sql/m0006_usage_key.sql")),
    ("m0007_service_accounts", include_str!("sql/m0007_service_accounts.sql")),
    ("m0008_region_figures", include_str!("sql/m0008_region_figures.sql")),
    ("m0009_retired_keys", include_str!("sql/m0009_retired_keys.sql")),
    ("m0010_owned_alerts", include_str!("sql/m0010_owned_alerts.sql")),
];

struct SqlFile {
    name: &'static str,
    sql: &'static str,
}

impl MigrationName for SqlFile {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SqlFile {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for statement in statements(self.sql, backend) {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// The statements of `sql` for `backend`; comment lines dropped. A trigger body ends with `END;`, so a statement that
/// starts with `CREATE TRIGGER` or `CREATE FUNCTION` runs up to a line that is `-- end`.
fn statements(sql: &str, backend: DatabaseBackend) -> Vec<String> {
    let only = match backend {
        DatabaseBackend::Postgres => "-- only sqlite",
        _ => "-- only postgres",
    };
    let mut found = Vec::new();
    let mut current = String::new();
    let mut skipping = false;
    let mut block = false;
    for line in sql.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("-- only ") || trimmed == "-- both" {
            skipping = trimmed == only;
            block = trimmed.starts_with("-- only ");
            continue;
        }
        if trimmed == "-- end" && !skipping && !current.trim().is_empty() {
            found.push(std::mem::take(&mut current));
            continue;
        }
        if skipping || trimmed.starts_with("--") {
            continue;
        }
        current.push_str(line);
        current.push('\n');
        if trimmed.ends_with(';') && !block {
            found.push(std::mem::take(&mut current));
        }
    }
    found.into_iter().map(|text| for_backend(&text, backend)).collect()
}

fn for_backend(sql: &str, backend: DatabaseBackend) -> String {
    let (id, blob, serial) = match backend {
        DatabaseBackend::Postgres => ("UUID", "BYTEA", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
        _ => ("BLOB", "BLOB", "INTEGER PRIMARY KEY AUTOINCREMENT"),
    };
    sql.replace("{id}", id)
        .replace("{blob}", blob)
        .replace("{serial}", serial)
}
