//! What can go wrong in storage. "Not found" is not an error: lookups answer `Ok(None)`.

use sea_orm::DbErr;

/// Errors of storage.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The driver or the database refused.
    #[error("the database refused the statement")]
    Driver(#[source] DbErr),
    /// A unique rule was broken; `constraint` is its name where the database tells it.
    #[error("a record with these values exists already")]
    Duplicate {
        /// Name of the index or its columns, as the database tells it.
        constraint: String,
    },
    /// A referenced record does not exist or is still referenced.
    #[error("a referenced record is missing or still in use")]
    Reference,
    /// A stored row contradicts the types.
    #[error("{table}.{column} of row {row} is inconsistent")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Identity of the row.
        row: String,
    },
    /// Another number of rows than expected was changed.
    #[error("{expected} rows were to change, {changed} did")]
    WrongRowCount {
        /// Expected number.
        expected: u64,
        /// Changed number.
        changed: u64,
    },
    /// The database could not be reached in time: answer 503.
    #[error("the database is busy")]
    Busy,
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(sea_orm::SqlErr::UniqueConstraintViolation(constraint)) => Self::Duplicate { constraint },
            Some(sea_orm::SqlErr::ForeignKeyConstraintViolation(_)) => Self::Reference,
            _ if matches!(error, DbErr::ConnectionAcquire(_)) => Self::Busy,
            _ => Self::Driver(error),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            other => Self::Driver(DbErr::Custom(other.to_string())),
        }
    }
}
