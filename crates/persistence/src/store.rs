//! The database: connections, their settings and transactions.

use std::ops::Deref;
use std::time::Duration;

use migrations::Migrator;
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};

use crate::executor::Executor;
use crate::{StoreError, sql};

/// Memory of the SQLite connection that writes, negative in KiB: keys of usage are random, and without their index in
/// memory each row costs a page read and a page written.
const WRITER_CACHE: &str = "-32768";
/// Pages of 4 KiB in the write-ahead log before they go to the file: an index page that is written by many commits goes
/// there once.
const CHECKPOINT_PAGES: &str = "16384";
/// A connection that was used within this time is taken as alive; asking it first would double a short query.
const UNTESTED: Duration = Duration::from_secs(10);

/// The kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// An SQLite file.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    write: DatabaseConnection,
    read: DatabaseConnection,
}

impl Store {
    /// Connects to `sqlite:///path/file.db` or `postgres://…`.
    ///
    /// SQLite gets one connection that writes and a pool that only reads; PostgreSQL one pool.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be reached or opened.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") {
            let write = Database::connect(sqlite(url, 1, false)).await?;
            let read = Database::connect(sqlite(url, 8, true)).await?;
            Ok(Self { write, read })
        } else {
            let pool = Database::connect(postgres(url)).await?;
            Ok(Self {
                write: pool.clone(),
                read: pool,
            })
        }
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// [`StoreError`] when a migration fails; it left nothing behind.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        Migrator::up(&self.write, None).await?;
        Ok(())
    }

    /// Whether the database holds an installation already, of this version or an older one.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn is_set_up(&self) -> Result<bool, StoreError> {
        let tables = match self.backend() {
            Backend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'secret'",
            Backend::Postgres => {
                "SELECT table_name FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_name = 'secret'"
            }
        };
        Ok(sql::one(&self.look(), tables, Vec::new()).await?.is_some())
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match self.write.get_database_backend() {
            DbBackend::Postgres => Backend::Postgres,
            _ => Backend::Sqlite,
        }
    }

    /// Begins a writing transaction: `BEGIN IMMEDIATE` on SQLite, READ COMMITTED on PostgreSQL.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when no connection is free in time.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let begun = self.write.begin_with_options(options).await?;
        Ok(Tx {
            executor: Executor::Transaction(begun),
        })
    }

    /// Begins a reading transaction, which sees one state.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when no connection is free in time.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let access_mode = match self.backend() {
            Backend::Postgres => Some(AccessMode::ReadOnly),
            Backend::Sqlite => None,
        };
        let options = TransactionOptions {
            access_mode,
            ..TransactionOptions::default()
        };
        let begun = self.read.begin_with_options(options).await?;
        Ok(Tx {
            executor: Executor::Transaction(begun),
        })
    }

    /// For reads that need no common state: each statement runs by itself, which spares the two that begin and end a
    /// transaction.
    pub fn look(&self) -> Look {
        Look(Tx {
            executor: Executor::Pool(self.read.clone()),
        })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read.ping().await?;
        Ok(())
    }
}

/// A transaction; dropping it rolls back.
#[derive(Debug)]
pub struct Tx {
    executor: Executor,
}

impl Tx {
    /// Makes everything durable.
    ///
    /// # Errors
    /// [`StoreError`] when the database refuses; then nothing was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        if let Executor::Transaction(transaction) = self.executor {
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match self.executor.get_database_backend() {
            DbBackend::Postgres => Backend::Postgres,
            _ => Backend::Sqlite,
        }
    }

    /// The connection of the transaction.
    pub(crate) fn connection(&self) -> &Executor {
        &self.executor
    }
}

/// Statements that each run by themselves; they read and never write.
#[derive(Debug)]
pub struct Look(Tx);

impl Deref for Look {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.0
    }
}

fn sqlite(url: &str, connections: u32, query_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        // A file does not go away as a server does.
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |file| {
            let file = file
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
                .pragma("temp_store", "MEMORY");
            if query_only {
                file.pragma("cache_size", "-4096").pragma("query_only", "ON")
            } else {
                file.pragma("cache_size", WRITER_CACHE)
                    .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            }
        });
    options
}

fn postgres(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(16)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire_if_idle_for(UNTESTED)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(|server| {
            server.options([
                ("TimeZone", "UTC"),
                ("lock_timeout", "5000"),
                ("idle_in_transaction_session_timeout", "30000"),
            ])
        });
    options
}
