//! What runs a statement: a transaction, or the pool itself.

use std::pin::Pin;

use futures_util::Stream;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    StreamTrait,
};

/// Owned, unlike SeaORM's own, so that a transaction carries no lifetime.
#[derive(Debug)]
pub enum Executor {
    /// Statements that see one state.
    Transaction(DatabaseTransaction),
    /// Each statement by itself.
    Pool(DatabaseConnection),
}

#[async_trait::async_trait]
impl ConnectionTrait for Executor {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Transaction(transaction) => ConnectionTrait::get_database_backend(transaction),
            Self::Pool(pool) => ConnectionTrait::get_database_backend(pool),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.execute_raw(statement).await,
            Self::Pool(pool) => pool.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.execute_unprepared(sql).await,
            Self::Pool(pool) => pool.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.query_one_raw(statement).await,
            Self::Pool(pool) => pool.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.query_all_raw(statement).await,
            Self::Pool(pool) => pool.query_all_raw(statement).await,
        }
    }
}

impl StreamTrait for Executor {
    type Stream<'a> = Pin<Box<dyn Stream<Item = Result<QueryResult, DbErr>> + Send + 'a>>;

    fn get_database_backend(&self) -> DbBackend {
        ConnectionTrait::get_database_backend(self)
    }

    fn stream_raw<'a>(
        &'a self,
        statement: Statement,
    ) -> Pin<Box<dyn Future<Output = Result<Self::Stream<'a>, DbErr>> + 'a + Send>> {
        Box::pin(async move {
            let rows: Self::Stream<'a> = match self {
                Self::Transaction(transaction) => Box::pin(transaction.stream_raw(statement).await?),
                Self::Pool(pool) => Box::pin(pool.stream_raw(statement).await?),
            };
            Ok(rows)
        })
    }
}
