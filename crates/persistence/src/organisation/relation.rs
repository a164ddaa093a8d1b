//! What holds between entities and everything else: administrators (PM-26), planned moves (PM-15) and what stands in
//! the way of deleting (PM-16). An entity is named by its [`Anchor`].

use chrono::{DateTime, Utc};
use domain::ids::{TenantId, UserId};
use domain::period::Period;
use domain::role::{Anchor, Role};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use crate::time::to_micros;
use crate::{StoreError, Tx, sql};

/// An administrator of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdministratorRow {
    /// The user.
    pub id: UserId,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Address.
    pub email_address: String,
    /// Whether the account was activated.
    pub active: bool,
    /// Suspended.
    pub disabled: bool,
}

/// A planned move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedMove {
    /// Identity of the plan.
    pub id: Uuid,
    /// What moves: a partner or a tenant.
    pub entity: Anchor,
    /// The present parent.
    pub from: Uuid,
    /// The new parent.
    pub to: Uuid,
    /// Month at whose first instant it takes effect.
    pub month: Period,
}

/// Relations of a transaction.
#[derive(Debug)]
pub struct Relations<'tx>(&'tx Tx);

impl Tx {
    /// The relations between entities.
    pub fn relations(&self) -> Relations<'_> {
        Relations(self)
    }
}

impl Relations<'_> {
    /// Holds the row of an entity until the transaction ends, so that nothing is added below it meanwhile (S-05).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn hold(&self, entity: Anchor) -> Result<(), StoreError> {
        if let (crate::Backend::Postgres, Some(id)) = (self.0.backend(), entity.id()) {
            let text = format!("SELECT id FROM {} WHERE id = $1 FOR UPDATE", table(entity));
            sql::one(self.0, &text, vec![Value::from(id)]).await?;
        }
        Ok(())
    }

    /// The users with the administrator role of an entity, by name.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn administrators(&self, entity: Anchor) -> Result<Vec<AdministratorRow>, StoreError> {
        let text = "SELECT id, first_name, last_name, email_address, state, disabled FROM app_user WHERE anchor_id = $1 \
                    AND role = $2 AND deleted_at IS NULL ORDER BY last_name, first_name, id";
        let values = vec![
            Value::from(entity.id()),
            Value::from(administrator_role(entity).identifier()),
        ];
        let rows = sql::all(self.0, text, values).await?;
        rows.iter()
            .map(|row| {
                let state: String = row.try_get("", "state")?;
                let name = |column| Ok::<_, StoreError>(row.try_get::<Option<String>>("", column)?.unwrap_or_default());
                Ok(AdministratorRow {
                    id: row.try_get::<Uuid>("", "id")?.into(),
                    first_name: name("first_name")?,
                    last_name: name("last_name")?,
                    email_address: name("email_address")?,
                    active: state == "active",
                    disabled: row.try_get::<i64>("", "disabled")? != 0,
                })
            })
            .collect()
    }

    /// The live users of an entity who are not disabled: those that archiving disables (PM-16).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn enabled_users(&self, entity: Anchor) -> Result<Vec<UserId>, StoreError> {
        let text = "SELECT id FROM app_user WHERE anchor_id = $1 AND deleted_at IS NULL AND disabled = 0 ORDER BY id";
        let rows = sql::all(self.0, text, vec![Value::from(entity.id())]).await?;
        rows.iter()
            .map(|row| Ok(row.try_get::<Uuid>("", "id")?.into()))
            .collect()
    }

    /// Whether nothing refers to an entity, so that it can be removed and not only archived: no document, subscription,
    /// child, user, price list or move was ever there.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn left_no_trace(&self, entity: Anchor) -> Result<bool, StoreError> {
        let below: &[(&str, &str)] = match entity {
            Anchor::Platform => return Ok(false),
            Anchor::Distributor(_) => &[("partner", "distributor_id")],
            Anchor::Partner(_) => &[("tenant", "partner_id")],
            Anchor::Tenant(_) => &[
                ("subscription", "tenant_id"),
                ("invoice", "tenant_id"),
                ("price_list", "tenant_id"),
                ("job", "tenant_id"),
            ],
        };
        let both = [
            ("app_user", "anchor_id"),
            ("service_account", "anchor_id"),
            ("entity_move", "entity_id"),
            ("entity_move", "from_id"),
            ("entity_move", "to_id"),
        ];
        for (table, column) in below.iter().chain(&both) {
            let text = format!("SELECT 1 AS found FROM {table} WHERE {column} = $1 LIMIT 1");
            if sql::one(self.0, &text, vec![Value::from(entity.id())]).await?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Removes an entity that left no trace.
    ///
    /// # Errors
    /// [`StoreError`] of the database when something refers to it.
    pub async fn remove(&self, entity: Anchor) -> Result<(), StoreError> {
        let text = format!("DELETE FROM {} WHERE id = $1", table(entity));
        sql::execute(self.0, &text, vec![Value::from(entity.id())]).await?;
        Ok(())
    }

    /// Rows of usage in force of a tenant's subscriptions in months without an issued invoice (PM-16).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn uninvoiced_usage(&self, tenant: TenantId) -> Result<u64, StoreError> {
        let usage = "FROM usage_record r JOIN usage_window w ON w.id = r.window_id AND w.in_force = 1 \
                     JOIN subscription s ON s.region_id = w.region_id \
                     AND s.platform_subscription_id = r.platform_subscription_id WHERE s.tenant_id = $1";
        let ends = format!("SELECT min(r.usage_start_s) AS first_s, max(r.usage_start_s) AS last_s {usage}");
        let issued = "SELECT period FROM invoice WHERE tenant_id = $1 AND kind = 'invoice' \
                      AND status NOT IN ('preview', 'void')";
        let id = Value::from(tenant.uuid());
        let Some(row) = sql::one(self.0, &ends, vec![id.clone()]).await? else {
            return Ok(0);
        };
        let month = |column| -> Result<Option<Period>, StoreError> {
            let seconds: Option<i64> = row.try_get("", column)?;
            Ok(seconds
                .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
                .map(Period::of))
        };
        let (Some(first), Some(last)) = (month("first_s")?, month("last_s")?) else {
            return Ok(0);
        };
        let rows = sql::all(self.0, issued, vec![id.clone()]).await?;
        let issued = rows
            .iter()
            .map(|row| row.try_get::<String>("", "period"))
            .collect::<Result<Vec<_>, _>>()?;
        let count = format!("SELECT count(*) AS rows {usage} AND r.usage_start_s >= $2 AND r.usage_start_s < $3");
        let (mut open, mut period) = (0_u64, first);
        while period <= last {
            if !issued.contains(&period.to_string()) {
                let bounds = [period.starts_at().timestamp(), period.ends_at().timestamp()];
                let values = vec![id.clone(), Value::from(bounds[0]), Value::from(bounds[1])];
                if let Some(row) = sql::one(self.0, &count, values).await? {
                    open = open.saturating_add(sql::count(row.try_get("", "rows")?));
                }
            }
            period = period.next();
        }
        Ok(open)
    }

    /// The planned move of an entity.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn planned(&self, entity: Anchor) -> Result<Option<PlannedMove>, StoreError> {
        let text = "SELECT id, entity_kind, entity_id, from_id, to_id, effective_month FROM entity_move \
                    WHERE entity_kind = $1 AND entity_id = $2 AND applied_at IS NULL";
        let values = vec![Value::from(table(entity)), Value::from(entity.id())];
        let row = sql::one(self.0, text, values).await?;
        row.map(|row| read(&row)).transpose()
    }

    /// The planned moves that take effect up to a month, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn due(&self, month: Period) -> Result<Vec<PlannedMove>, StoreError> {
        let text = "SELECT id, entity_kind, entity_id, from_id, to_id, effective_month FROM entity_move \
                    WHERE applied_at IS NULL AND effective_month <= $1 ORDER BY effective_month, created_at, id";
        let rows = sql::all(self.0, text, vec![Value::from(month.to_string())]).await?;
        rows.iter().map(read).collect()
    }

    /// Plans a move in place of the present plan.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn plan(&self, plan: &PlannedMove, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.withdraw(plan.entity).await?;
        let text = "INSERT INTO entity_move (id, entity_kind, entity_id, from_id, to_id, effective_month, created_at) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = vec![
            Value::from(plan.id),
            Value::from(table(plan.entity)),
            Value::from(plan.entity.id()),
            Value::from(plan.from),
            Value::from(plan.to),
            Value::from(plan.month.to_string()),
            Value::from(to_micros(at)),
        ];
        sql::execute(self.0, text, values).await?;
        Ok(())
    }

    /// Withdraws the planned move of an entity.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn withdraw(&self, entity: Anchor) -> Result<(), StoreError> {
        let text = "DELETE FROM entity_move WHERE entity_kind = $1 AND entity_id = $2 AND applied_at IS NULL";
        sql::execute(self.0, text, vec![Value::from(table(entity)), Value::from(entity.id())]).await?;
        Ok(())
    }

    /// Withdraws every plan to move somewhere that is being deleted.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn withdraw_to(&self, parent: Anchor) -> Result<(), StoreError> {
        let text = "DELETE FROM entity_move WHERE to_id = $1 AND applied_at IS NULL";
        sql::execute(self.0, text, vec![Value::from(parent.id())]).await?;
        Ok(())
    }

    /// Carries a planned move out; false when it was withdrawn or carried out meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken below the new parent.
    pub async fn carry_out(&self, plan: &PlannedMove, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let mark = "UPDATE entity_move SET applied_at = $1 WHERE id = $2 AND applied_at IS NULL";
        let values = vec![Value::from(to_micros(at)), Value::from(plan.id)];
        if sql::execute(self.0, mark, values).await? == 0 {
            return Ok(false);
        }
        let text = match plan.entity {
            Anchor::Partner(_) => "UPDATE partner SET distributor_id = $1, version = version + 1 WHERE id = $2",
            Anchor::Tenant(_) => "UPDATE tenant SET partner_id = $1, version = version + 1 WHERE id = $2",
            Anchor::Platform | Anchor::Distributor(_) => return Ok(false),
        };
        sql::execute(self.0, text, vec![Value::from(plan.to), Value::from(plan.entity.id())]).await?;
        Ok(true)
    }

    /// Whether a child of this name lives or is archived below a parent.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn name_taken_below(&self, entity: Anchor, parent: Uuid, name: &str) -> Result<bool, StoreError> {
        let text = match entity {
            Anchor::Partner(_) => "SELECT 1 AS found FROM partner WHERE distributor_id = $1 AND name = $2",
            Anchor::Tenant(_) => "SELECT 1 AS found FROM tenant WHERE partner_id = $1 AND name = $2",
            Anchor::Platform | Anchor::Distributor(_) => return Ok(false),
        };
        let row = sql::one(self.0, text, vec![Value::from(parent), Value::from(name)]).await?;
        Ok(row.is_some())
    }
}

/// The administrator role of an entity.
pub fn administrator_role(entity: Anchor) -> Role {
    match entity {
        Anchor::Platform => Role::PlatformAdministrator,
        Anchor::Distributor(_) => Role::DistributorAdministrator,
        Anchor::Partner(_) => Role::PartnerAdministrator,
        Anchor::Tenant(_) => Role::TenantAdministrator,
    }
}

/// `SELECT count(*) FROM app_user` of the administrators of the outer row.
pub(super) fn administrator_count(outer: &str, role: Role) -> SelectStatement {
    let user = |name: &'static str| (Alias::new("app_user"), Alias::new(name));
    Query::select()
        .expr(Func::count(Expr::col(user("id"))))
        .from(Alias::new("app_user"))
        .and_where(Expr::col(user("anchor_id")).equals((Alias::new(outer), Alias::new("id"))))
        .and_where(Expr::col(user("role")).eq(role.identifier()))
        .and_where(Expr::col(user("deleted_at")).is_null())
        .to_owned()
}

fn table(entity: Anchor) -> &'static str {
    match entity {
        Anchor::Platform => "platform",
        Anchor::Distributor(_) => "distributor",
        Anchor::Partner(_) => "partner",
        Anchor::Tenant(_) => "tenant",
    }
}

fn read(row: &QueryResult) -> Result<PlannedMove, StoreError> {
    let id: Uuid = row.try_get("", "id")?;
    let wrong = |column| StoreError::Inconsistent {
        table: "entity_move",
        column,
        row: id.to_string(),
    };
    let entity: Uuid = row.try_get("", "entity_id")?;
    let kind: String = row.try_get("", "entity_kind")?;
    let month: String = row.try_get("", "effective_month")?;
    Ok(PlannedMove {
        id,
        entity: match kind.as_str() {
            "partner" => Anchor::Partner(entity.into()),
            "tenant" => Anchor::Tenant(entity.into()),
            _ => return Err(wrong("entity_kind")),
        },
        from: row.try_get("", "from_id")?,
        to: row.try_get("", "to_id")?,
        month: Period::parse(&month).map_err(|_| wrong("effective_month"))?,
    })
}
