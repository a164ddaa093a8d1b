//! Users, their sessions and one-time links, and the first administrator (identity.md).

mod break_glass;
mod change;
mod code;
mod device;
mod entity;
mod first;
mod half;
mod link;
mod provider;
mod row;
mod session;

pub use code::{MailedCodeRow, MailedCodes, RecoveryCodes};
pub use device::{DeviceRow, Devices};
pub use first::FirstStart;
pub use half::{HalfSessionRow, HalfSessions, NewHalfSession};
pub use link::{Links, OpenLink};
pub use row::{Failures, NewUser, UserFields, UserRow};
pub use session::{NewSession, OwnSessionRow, SessionRow, Sessions};

use domain::ids::UserId;
use domain::role::Role;
use domain::scope::Scope;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::page::{SortBy, SortKind, contains};
use crate::time::to_micros;
use crate::{PageOf, PageRequest, StoreError, Tx, scope};
use entity::app_user;

/// Which users a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct UserFilter {
    /// Only this role.
    pub role: Option<Role>,
    /// Only this anchor.
    pub anchor_id: Option<Uuid>,
    /// Only activated ones, or only invited ones.
    pub active: Option<bool>,
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
            .filter(app_user::Column::Shadow.eq(0))
            .one(self.0.connection())
            .await?;
        row.map(|row| {
            let hash = row.password_hash.clone();
            Ok((UserRow::try_from(row)?, hash))
        })
        .transpose()
    }

    /// Whether somebody in scope has the address already, or an entry with it (S-17).
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn address_in_scope(&self, scope: Scope, address: &str) -> Result<bool, StoreError> {
        let found = live(scope)
            .filter(app_user::Column::EmailAddress.eq(address))
            .count(self.0.connection())
            .await?;
        Ok(found > 0)
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
            mfa_required: Set(i64::from(user.mfa_required)),
            federated_only: Set(i64::from(user.federated_only)),
            password_hash: Set(user.password_hash),
            failures: Set(0),
            lockouts: Set(0),
            locked_until: Set(None),
            version: Set(1),
            created_at: Set(to_micros(user.at)),
            deleted_at: Set(None),
            locale: Set(None),
            time_zone: Set(None),
            pending_email_address: Set(None),
            shadow: Set(i64::from(user.shadow)),
            mfa_enrolled_at: Set(None),
            mfa_last_step: Set(None),
            mfa_discarded: Set(0),
            code_failures: Set(0),
            code_locked_until: Set(None),
            last_failure_at: Set(None),
            reset_required: Set(0),
            mfa_reset_required: Set(0),
        };
        row.insert(self.0.connection()).await?;
        Ok(())
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
        if let Some(active) = self.active {
            shown = shown.add(app_user::Column::State.eq(state(active)));
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
        .filter(scope::anchors(scope, &col(app_user::Column::AnchorId)))
}
