//! Users, their sessions and one-time links, and the first administrator (identity.md).

mod entity;
mod first;
mod link;
mod session;

pub use first::FirstStart;
pub use link::{Links, OpenLink};
pub use session::{NewSession, SessionRow, Sessions};

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::role::{Anchor, Role};
use domain::scope::Scope;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Func, LikeExpr, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::page::{SortBy, SortKind, contains};
use crate::time::{from_micros, to_micros};
use crate::{PageOf, PageRequest, StoreError, Tx};
use entity::app_user;

/// A live user as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent flag of the account (I-1)"
)]
pub struct UserRow {
    /// Identity.
    pub id: UserId,
    /// Address in its compared form (I-2).
    pub email_address: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Phone.
    pub phone_number: Option<String>,
    /// Role.
    pub role: Role,
    /// Entity the role is held on.
    pub anchor: Anchor,
    /// Whether the account was activated; otherwise it is `invited`.
    pub active: bool,
    /// Suspended (I-4).
    pub disabled: bool,
    /// Locked by an administrator (I-52).
    pub locked_by_administrator: bool,
    /// Needs a one-time password.
    pub mfa_required: bool,
    /// Signs in only through an identity provider.
    pub federated_only: bool,
    /// Failures in a row (I-50).
    pub failures: i64,
    /// Lockouts in a row (I-50).
    pub lockouts: i64,
    /// End of the lockout by failures.
    pub locked_until: Option<DateTime<Utc>>,
    /// Version for edits.
    pub version: i64,
    /// When the user was added.
    pub created_at: DateTime<Utc>,
}

/// A user to add.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Identity.
    pub id: UserId,
    /// Address in its compared form.
    pub email_address: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Phone.
    pub phone_number: Option<String>,
    /// Role.
    pub role: Role,
    /// Entity the role is held on.
    pub anchor: Anchor,
    /// Password hash in PHC form; none for an invited user.
    pub password_hash: Option<String>,
    /// Whether the account is active at once.
    pub active: bool,
    /// When.
    pub at: DateTime<Utc>,
}

/// Which users a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct UserFilter {
    /// Only this role.
    pub role: Option<Role>,
    /// Only this anchor.
    pub anchor_id: Option<Uuid>,
}

/// Users of a transaction.
#[derive(Debug)]
pub struct Users<'tx>(&'tx Tx);

impl Tx {
    /// The users.
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }
}

impl Users<'_> {
    /// A live user whose anchor is in scope (PM-5).
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find(&self, scope: Scope, id: UserId) -> Result<Option<UserRow>, StoreError> {
        let row = live(scope)
            .filter(app_user::Column::Id.eq(id.uuid()))
            .one(self.0.connection())
            .await?;
        row.map(UserRow::try_from).transpose()
    }

    /// A live user by address with the password hash, for sign-in only.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when the row contradicts the types.
    pub async fn find_for_sign_in(&self, address: &str) -> Result<Option<(UserRow, Option<String>)>, StoreError> {
        let row = live(Scope::system("an address is looked up before anybody is signed in"))
            .filter(app_user::Column::EmailAddress.eq(address))
            .one(self.0.connection())
            .await?;
        row.map(|row| {
            let hash = row.password_hash.clone();
            Ok((UserRow::try_from(row)?, hash))
        })
        .transpose()
    }

    /// A page of users in scope, sorted by `name`, `email_address` or `created_at`.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or when a row contradicts the types.
    pub async fn list(
        &self,
        scope: Scope,
        filter: UserFilter,
        page: &PageRequest,
    ) -> Result<PageOf<UserRow>, StoreError> {
        let (column, kind) = match page.sort.as_str() {
            "created_at" => (app_user::Column::CreatedAt, SortKind::Integer),
            "email_address" => (app_user::Column::EmailAddress, SortKind::Text),
            _ => (app_user::Column::LastName, SortKind::Text),
        };
        let by = SortBy {
            column: col(column),
            kind,
            id: col(app_user::Column::Id),
        };
        let shown = live(scope).filter(filter.condition(&page.search));
        let total = shown.clone().count(self.0.connection()).await?;
        let rows = shown
            .filter(by.after(page))
            .order_by(column, SortBy::order(page))
            .order_by(app_user::Column::Id, SortBy::order(page))
            .limit(page.limit.saturating_add(1))
            .all(self.0.connection())
            .await?;
        let rows = rows.into_iter().map(UserRow::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(PageOf::from_rows(rows, page.limit, Some(total), |row| {
            let key = match column {
                app_user::Column::CreatedAt => to_micros(row.created_at).to_string(),
                app_user::Column::EmailAddress => row.email_address.clone(),
                _ => row.last_name.clone(),
            };
            vec![key, row.id.to_string()]
        }))
    }

    /// Adds a user; the caller checked what may be granted (PM-11).
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the address is taken.
    pub async fn insert(&self, user: NewUser) -> Result<(), StoreError> {
        let row = app_user::ActiveModel {
            id: Set(user.id.uuid()),
            email_address: Set(Some(user.email_address)),
            first_name: Set(Some(user.first_name)),
            last_name: Set(Some(user.last_name)),
            phone_number: Set(user.phone_number),
            role: Set(user.role.identifier().to_owned()),
            anchor_id: Set(user.anchor.id()),
            state: Set(state(user.active).to_owned()),
            disabled: Set(0),
            locked_by_administrator: Set(0),
            mfa_required: Set(0),
            federated_only: Set(0),
            password_hash: Set(user.password_hash),
            failures: Set(0),
            lockouts: Set(0),
            locked_until: Set(None),
            version: Set(1),
            created_at: Set(to_micros(user.at)),
            deleted_at: Set(None),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
    }

    /// Sets the password of a user and makes the account active.
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn activate(&self, id: UserId, password_hash: &str) -> Result<(), StoreError> {
        self.change(id, |update| {
            update
                .col_expr(app_user::Column::PasswordHash, Expr::val(password_hash))
                .col_expr(app_user::Column::State, Expr::val(state(true)))
                .col_expr(app_user::Column::Version, Expr::col(app_user::Column::Version).add(1))
        })
        .await
    }

    /// Stores the count of failures and the lockout (I-50).
    ///
    /// # Errors
    /// [`StoreError::WrongRowCount`] when the user is gone.
    pub async fn set_failures(
        &self,
        id: UserId,
        failures: i64,
        lockouts: i64,
        locked_until: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        self.change(id, |update| {
            update
                .col_expr(app_user::Column::Failures, Expr::val(failures))
                .col_expr(app_user::Column::Lockouts, Expr::val(lockouts))
                .col_expr(app_user::Column::LockedUntil, Expr::val(locked_until.map(to_micros)))
        })
        .await
    }

    async fn change(
        &self,
        id: UserId,
        what: impl FnOnce(sea_orm::UpdateMany<app_user::Entity>) -> sea_orm::UpdateMany<app_user::Entity> + Send,
    ) -> Result<(), StoreError> {
        let changed = what(app_user::Entity::update_many())
            .filter(app_user::Column::Id.eq(id.uuid()))
            .filter(app_user::Column::DeletedAt.is_null())
            .exec(self.0.connection())
            .await?;
        match changed.rows_affected {
            1 => Ok(()),
            changed => Err(StoreError::WrongRowCount { expected: 1, changed }),
        }
    }
}

impl UserFilter {
    fn condition(self, search: &str) -> Cond {
        let mut shown = Cond::all();
        if let Some(role) = self.role {
            shown = shown.add(app_user::Column::Role.eq(role.identifier()));
        }
        if let Some(anchor) = self.anchor_id {
            shown = shown.add(app_user::Column::AnchorId.eq(anchor));
        }
        if !search.is_empty() {
            let matches =
                |column| Expr::expr(Func::lower(col(column))).like(LikeExpr::new(contains(search)).escape('\\'));
            shown = shown.add(
                Cond::any()
                    .add(matches(app_user::Column::FirstName))
                    .add(matches(app_user::Column::LastName))
                    .add(matches(app_user::Column::EmailAddress)),
            );
        }
        shown
    }
}

fn state(active: bool) -> &'static str {
    if active { "active" } else { "invited" }
}

fn col(column: app_user::Column) -> Expr {
    Expr::col((app_user::Entity, column))
}

fn live(scope: Scope) -> sea_orm::Select<app_user::Entity> {
    app_user::Entity::find()
        .filter(app_user::Column::DeletedAt.is_null())
        .filter(in_scope(scope))
}

/// A user is owned by its anchor: the anchor itself or anything below it.
fn in_scope(scope: Scope) -> Cond {
    let anchor = || col(app_user::Column::AnchorId);
    let below = |table: &str, parent: &str, id: Uuid| {
        Query::select()
            .column(Alias::new("id"))
            .from(Alias::new(table))
            .and_where(Expr::col(Alias::new(parent)).eq(id))
            .to_owned()
    };
    match scope.anchor() {
        Anchor::Platform => Cond::all(),
        Anchor::Tenant(id) => Cond::all().add(anchor().eq(id.uuid())),
        Anchor::Partner(id) => {
            Cond::any()
                .add(anchor().eq(id.uuid()))
                .add(anchor().in_subquery(below("tenant", "partner_id", id.uuid())))
        }
        Anchor::Distributor(id) => {
            let partners = below("partner", "distributor_id", id.uuid());
            let tenants = Query::select()
                .column(Alias::new("id"))
                .from(Alias::new("tenant"))
                .and_where(Expr::col(Alias::new("partner_id")).in_subquery(partners.clone()))
                .to_owned();
            Cond::any()
                .add(anchor().eq(id.uuid()))
                .add(anchor().in_subquery(partners))
                .add(anchor().in_subquery(tenants))
        }
    }
}

impl TryFrom<app_user::Model> for UserRow {
    type Error = StoreError;

    fn try_from(row: app_user::Model) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::Inconsistent {
            table: "app_user",
            column,
            row: row.id.to_string(),
        };
        let role: Role = row.role.parse().map_err(|_| wrong("role"))?;
        Ok(Self {
            id: row.id.into(),
            role,
            anchor: Anchor::of(role, row.anchor_id).ok_or_else(|| wrong("anchor_id"))?,
            email_address: row.email_address.clone().ok_or_else(|| wrong("email_address"))?,
            first_name: row.first_name.clone().ok_or_else(|| wrong("first_name"))?,
            last_name: row.last_name.clone().ok_or_else(|| wrong("last_name"))?,
            phone_number: row.phone_number.clone(),
            active: row.state == "active",
            disabled: row.disabled != 0,
            locked_by_administrator: row.locked_by_administrator != 0,
            mfa_required: row.mfa_required != 0,
            federated_only: row.federated_only != 0,
            failures: row.failures,
            lockouts: row.lockouts,
            locked_until: row
                .locked_until
                .map(|at| from_micros(at, "app_user", "locked_until"))
                .transpose()?,
            version: row.version,
            created_at: from_micros(row.created_at, "app_user", "created_at")?,
        })
    }
}
