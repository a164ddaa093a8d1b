//! Sessions (I-60, S-29 to S-31).

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::UserId;
use domain::policy::{self, Decision};
use domain::role::Anchor;
use domain::scope::Scope;
use persistence::Tx;
use persistence::user::{NewSession, UserRow};
use zeroize::Zeroizing;

use super::{Source, failures, nobody};
use crate::audit::{self, Act};
use crate::authorize::STEP_UP_MINUTES;
use crate::settings::{self, Snapshot};
use crate::vault::Vault;
use crate::{Actor, App, CredentialKind, Error, ids};

/// Setting: how long a session lives unused.
const IDLE_MINUTES: &str = "security.session_idle_minutes";
/// Last use is written at most this often (S-30).
const TOUCH_SECONDS: i64 = 60;

/// A session that was just opened: the cookie's value and what the web app may know.
#[derive(Debug)]
pub struct OpenedSession {
    /// Value of the cookie; shown once.
    pub token: Zeroizing<String>,
    /// Value of the cookie of a browser that was not known yet (S-22).
    pub device: Option<Zeroizing<String>>,
    /// Description of the session.
    pub described: DescribedSession,
}

/// The signed-in user and what the role may do now.
#[derive(Clone, Debug)]
pub struct DescribedSession {
    /// The user.
    pub user: UserRow,
    /// Name of the anchor; none for platform roles.
    pub anchor_name: Option<String>,
    /// Operations the role may use now, switches considered.
    pub operations: Vec<String>,
    /// Flags of ST-8.
    pub flags: Flags,
    /// Absolute end of the session.
    pub expires_at: DateTime<Utc>,
    /// Until when the last proof of identity counts (S-28).
    pub stepped_up_until: DateTime<Utc>,
    /// Recovery codes that still work, when an authenticator is registered.
    pub recovery_codes_left: Option<u32>,
}

/// The few settings every signed-in user may read (ST-8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flags {
    /// Currency offered first.
    pub default_currency: String,
    /// Locale of documents.
    pub default_locale: String,
    /// Zone of calendar dates on documents.
    pub billing_time_zone: String,
    /// Whether tenant roles see their documents.
    pub invoices_shown_to_tenants: bool,
}

/// Opens a session in the transaction that proved the user.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub(super) async fn open(
    app: &App,
    tx: &Tx,
    user: UserRow,
    source: &Source,
    operation: &str,
    second_factor: bool,
) -> Result<OpenedSession, Error> {
    let now = app.clock().now();
    let hours = settings::read_integer(tx, "security.session_absolute_hours").await?;
    let expires_at = now + TimeDelta::hours(hours);
    let token = Vault::new_token().map_err(Error::internal)?;
    let new = NewSession {
        id: ids::new_id::<UserId>(app).uuid(),
        token_hash: app.vault().token_hash("session", &token),
        user_id: user.id,
        at: now,
        expires_at,
        source_address: source.address.clone(),
        user_agent: source.short_agent(),
        second_factor,
    };
    tx.sessions().insert(new).await?;
    let device = remember(app, tx, &user, source).await?;
    let actor = Actor {
        user_id: Some(user.id),
        role: user.role,
        anchor: user.anchor,
        proven_at: Some(now),
        ..nobody(source)
    };
    let act = Act {
        operation: operation.to_owned(),
        target_kind: "user",
        target_id: user.id.to_string(),
        ..Act::default()
    };
    audit::record(app, tx, &actor, act).await?;
    let described = describe(tx, user, expires_at, now).await?;
    Ok(OpenedSession {
        token,
        device,
        described,
    })
}

/// Gives a browser that was not known its cookie (S-22).
async fn remember(app: &App, tx: &Tx, user: &UserRow, source: &Source) -> Result<Option<Zeroizing<String>>, Error> {
    if failures::lane(app, tx, user, source).await?.is_known() {
        return Ok(None);
    }
    let token = Vault::new_token().map_err(Error::internal)?;
    let hash = app.vault().token_hash("device", &token);
    tx.devices().remember(user.id, hash, app.clock().now()).await?;
    Ok(Some(token))
}

/// The actor of a session cookie: account, role and anchor as they are now, in one query (S-30).
///
/// # Errors
/// [`Error::NotSignedIn`] for an unknown, idle or expired session; [`Error::AccountState`] for an account that may not
/// act (I-3).
pub async fn actor(app: &App, token: &str, request_id: String, source: Option<String>) -> Result<Actor, Error> {
    let hash = app.vault().token_hash("session", token);
    let now = app.clock().now();
    let look = app.store().look();
    let found = look.sessions().find_with_setting(&hash, IDLE_MINUTES).await?;
    let (session, stored) = found.ok_or(Error::NotSignedIn)?;
    let idle = TimeDelta::minutes(settings::integer(IDLE_MINUTES, stored)?);
    if session.expires_at <= now || session.last_used_at + idle <= now {
        return Err(Error::NotSignedIn);
    }
    let user = session.user;
    let factor_missing = user.mfa_required && !session.second_factor;
    if user.disabled || user.locked_by_administrator || !user.active || factor_missing {
        return Err(Error::AccountState);
    }
    if now - session.last_used_at >= TimeDelta::seconds(TOUCH_SECONDS) {
        let tx = app.store().begin().await?;
        tx.sessions().touch(&hash, now).await?;
        tx.commit().await?;
    }
    Ok(Actor {
        user_id: Some(user.id),
        service_account_id: None,
        role: user.role,
        anchor: user.anchor,
        credential: CredentialKind::Session,
        proven_at: Some(session.proven_at),
        request_id,
        source_address: source,
        idempotency: None,
    })
}

/// Describes the session of a cookie.
///
/// # Errors
/// As [`actor`].
pub async fn current(app: &App, token: &str) -> Result<DescribedSession, Error> {
    actor(app, token, String::new(), None).await?;
    let tx = app.store().read().await?;
    let hash = app.vault().token_hash("session", token);
    let session = tx.sessions().find(&hash).await?.ok_or(Error::NotSignedIn)?;
    describe(&tx, session.user, session.expires_at, session.proven_at).await
}

/// Ends the session of a cookie; unknown ones are ended already.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn sign_out(app: &App, token: &str) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    tx.sessions().delete(&app.vault().token_hash("session", token)).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends all sessions of the user of a cookie (I-60).
///
/// # Errors
/// As [`actor`].
pub async fn sign_out_everywhere(app: &App, actor: &Actor) -> Result<(), Error> {
    let id = actor.user_id.ok_or(Error::NotSignedIn)?;
    let tx = app.store().begin().await?;
    tx.users().end_everything(id).await?;
    let act = Act {
        operation: "sign_out_everywhere".to_owned(),
        target_kind: "user",
        target_id: id.to_string(),
        ..Act::default()
    };
    audit::record(app, &tx, actor, act).await?;
    tx.commit().await?;
    Ok(())
}

async fn describe(
    tx: &Tx,
    user: UserRow,
    expires_at: DateTime<Utc>,
    proven_at: DateTime<Utc>,
) -> Result<DescribedSession, Error> {
    let settings = Snapshot::take(tx).await?;
    let mut operations = Vec::new();
    for operation in policy::table().map_err(Error::internal)?.keys() {
        let may = match policy::decide(user.role, operation) {
            Decision::Never => false,
            Decision::Everything | Decision::InScope => true,
            Decision::InScopeWhile(key) => settings.switch(&key)?,
        };
        if may {
            operations.push(operation.clone());
        }
    }
    let anchor_name = anchor_name(tx, user.anchor).await?;
    let recovery_codes_left = if user.mfa_enrolled {
        Some(tx.recovery_codes().left(user.id).await?)
    } else {
        None
    };
    Ok(DescribedSession {
        user,
        stepped_up_until: proven_at + TimeDelta::minutes(STEP_UP_MINUTES),
        recovery_codes_left,
        anchor_name,
        operations,
        flags: flags(&settings)?,
        expires_at,
    })
}

/// Name of the entity a role is held on.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn anchor_name(tx: &Tx, anchor: Anchor) -> Result<Option<String>, Error> {
    let own = Scope::of(anchor);
    Ok(match anchor {
        Anchor::Platform => None,
        Anchor::Distributor(id) => tx.distributors().find(own, id).await?.map(|row| row.fields.name),
        Anchor::Partner(id) => tx.partners().find(own, id).await?.map(|row| row.fields.name),
        Anchor::Tenant(id) => tx.tenants().find(own, id).await?.map(|row| row.fields.name),
    })
}

/// The flags of ST-8.
///
/// # Errors
/// [`Error::Internal`] when a key is not in the table.
pub fn flags(settings: &Snapshot) -> Result<Flags, Error> {
    let platform = settings.text("billing.default_platform_currency")?;
    let tenant = settings.text("tenants.default_tenant_currency")?;
    Ok(Flags {
        default_currency: if tenant.is_empty() { platform } else { tenant },
        default_locale: settings.text("invoices.default_locale")?,
        billing_time_zone: settings.text("billing.time_zone")?,
        invoices_shown_to_tenants: settings.switch("invoices.show_to_tenants")?,
    })
}
