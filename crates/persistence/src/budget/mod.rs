//! Counters of limited tries, shared by all servers (S-52).

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use crate::time::to_micros;
use crate::{StoreError, Tx};

/// Counters of a transaction.
#[derive(Debug)]
pub struct Budgets<'tx>(&'tx Tx);

impl Tx {
    /// The counters of limited tries.
    pub fn budgets(&self) -> Budgets<'_> {
        Budgets(self)
    }
}

#[derive(FromQueryResult)]
struct Used {
    used: i64,
}

impl Budgets<'_> {
    /// Counts one try of `subject` in the window that started at `window_started_at` and answers how many there are
    /// now. Older windows of the subject are dropped.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn count(
        &self,
        budget: &str,
        subject: &str,
        window_started_at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let connection = self.0.connection();
        let backend = connection.get_database_backend();
        let window = to_micros(window_started_at);
        let drop_old = "DELETE FROM rate_budget WHERE budget = $1 AND subject = $2 AND window_started_at < $3";
        let values = [budget.into(), subject.into(), window.into()];
        connection
            .execute_raw(Statement::from_sql_and_values(backend, drop_old, values.clone()))
            .await?;
        let count = "INSERT INTO rate_budget (budget, subject, window_started_at, used) VALUES ($1, $2, $3, 1) \
                     ON CONFLICT (budget, subject, window_started_at) DO UPDATE SET used = rate_budget.used + 1 \
                     RETURNING used";
        let used = Used::find_by_statement(Statement::from_sql_and_values(backend, count, values))
            .one(connection)
            .await?;
        Ok(used.map_or(1, |row| row.used))
    }

    /// Gives one try back after a success.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn give_back(
        &self,
        budget: &str,
        subject: &str,
        window_started_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let connection = self.0.connection();
        let sql =
            "UPDATE rate_budget SET used = used - 1 WHERE budget = $1 AND subject = $2 AND window_started_at = $3";
        let values = [budget.into(), subject.into(), to_micros(window_started_at).into()];
        connection
            .execute_raw(Statement::from_sql_and_values(
                connection.get_database_backend(),
                sql,
                values,
            ))
            .await?;
        Ok(())
    }
}
