//! Counters of limited tries, shared by all servers (S-52).

use chrono::{DateTime, Utc};

use crate::time::to_micros;
use crate::{StoreError, Tx, sql};

/// Counters of a transaction.
#[derive(Debug)]
pub struct Budgets<'tx>(&'tx Tx);

impl Tx {
    /// The counters of limited tries.
    pub fn budgets(&self) -> Budgets<'_> {
        Budgets(self)
    }
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
        let values = vec![budget.into(), subject.into(), to_micros(window_started_at).into()];
        let count = "INSERT INTO rate_budget (budget, subject, window_started_at, used) VALUES ($1, $2, $3, 1) \
                     ON CONFLICT (budget, subject, window_started_at) DO UPDATE SET used = rate_budget.used + 1 \
                     RETURNING used";
        let used = match sql::one(self.0, count, values.clone()).await? {
            Some(row) => row.try_get_by_index(0)?,
            None => 1,
        };
        if used == 1 {
            let drop_old = "DELETE FROM rate_budget WHERE budget = $1 AND subject = $2 AND window_started_at < $3";
            sql::execute(self.0, drop_old, values).await?;
        }
        Ok(used)
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
        let less =
            "UPDATE rate_budget SET used = used - 1 WHERE budget = $1 AND subject = $2 AND window_started_at = $3";
        let values = vec![budget.into(), subject.into(), to_micros(window_started_at).into()];
        sql::execute(self.0, less, values).await?;
        Ok(())
    }
}
