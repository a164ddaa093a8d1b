//! Counterparts for tests: a database for each test, on SQLite always and on PostgreSQL when `TEST_DATABASE_URL` names
//! a server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot get its database fails at once"
)]

pub mod mail;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use tempfile::TempDir;
use uuid::Uuid;

/// An empty database that lives as long as this value.
#[derive(Debug)]
pub struct TestDatabase {
    /// `sqlite` or `postgres`, for messages.
    pub name: &'static str,
    /// Where to connect to.
    pub url: String,
    kept: Kept,
}

#[derive(Debug)]
enum Kept {
    /// The folder of an SQLite file.
    Folder(#[expect(dead_code, reason = "dropping it removes the file")] TempDir),
    /// A database of a server, and the server it is dropped from.
    Server { server: String, database: String },
}

/// A new SQLite database, and a new PostgreSQL one when `TEST_DATABASE_URL` is set.
///
/// # Panics
/// When a database cannot be made.
pub async fn databases() -> Vec<TestDatabase> {
    let mut made = vec![sqlite()];
    if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
        made.push(postgres(&server).await);
    }
    made
}

fn sqlite() -> TestDatabase {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    TestDatabase {
        name: "sqlite",
        url,
        kept: Kept::Folder(folder),
    }
}

async fn postgres(server: &str) -> TestDatabase {
    let database = format!("cms_test_{}", Uuid::now_v7().simple());
    let connection = Database::connect(server)
        .await
        .expect("the server of TEST_DATABASE_URL");
    connection
        .execute_unprepared(&format!("CREATE DATABASE {database}"))
        .await
        .expect("a new database");
    connection.close().await.expect("the connection closes");
    let (base, _) = server.rsplit_once('/').expect("a database in TEST_DATABASE_URL");
    let url = format!("{base}/{database}");
    TestDatabase {
        name: "postgres",
        url,
        kept: Kept::Server {
            server: server.to_owned(),
            database,
        },
    }
}

impl TestDatabase {
    /// Executes one statement beside the code under test, to bring about what a test cannot wait for.
    ///
    /// # Panics
    /// When the statement fails.
    pub async fn execute(&self, sql: &str) {
        let connection = self.connect().await;
        connection
            .execute_unprepared(sql)
            .await
            .expect("the statement of the test");
        connection.close().await.expect("the connection closes");
    }

    /// Executes one statement that the database may refuse.
    ///
    /// # Errors
    /// What the database says.
    ///
    /// # Panics
    /// When the database cannot be reached.
    pub async fn try_execute(&self, sql: &str) -> Result<(), String> {
        let connection = self.connect().await;
        let done = connection.execute_unprepared(sql).await.map(|_| ());
        connection.close().await.expect("the connection closes");
        done.map_err(|error| error.to_string())
    }

    /// The first column of every row of a query, as text; the query casts it.
    ///
    /// # Panics
    /// When the query fails or its first column is not text.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let connection = self.connect().await;
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let rows = connection
            .query_all_raw(statement)
            .await
            .expect("the query of the test");
        let texts = rows
            .iter()
            .map(|row| row.try_get_by_index::<String>(0).expect("a text"))
            .collect();
        connection.close().await.expect("the connection closes");
        texts
    }

    async fn connect(&self) -> DatabaseConnection {
        Database::connect(&self.url).await.expect("the database of the test")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Kept::Server { server, database } = &self.kept else {
            return;
        };
        let (server, database) = (server.clone(), database.clone());
        // A test's runtime may be ending: the database is dropped from one of its own.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let connection = Database::connect(&server).await.expect("the server");
                let drop = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
                connection
                    .execute_unprepared(&drop)
                    .await
                    .expect("the database is dropped");
            });
        });
        let _ = dropped.join();
    }
}
