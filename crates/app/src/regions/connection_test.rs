//! Test Connection: the stored connection tried step by step (U-7).

use azure_stack::{Credential, Granularity, RetryPolicy, Session, StampError, StampErrorKind, Step, UsageQuery};
use chrono::{Days, NaiveTime, TimeDelta};
use domain::ids::RegionId;
use persistence::region::{Discovered, RegionRow};
use url::Url;
use uuid::Uuid;

use super::connect::credential;
use super::edit::act;
use super::session::{OpenError, client, confirmed_login};
use crate::authorize::authorize;
use crate::{Actor, App, Error, audit};

/// Result of Test Connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionResult {
    /// Whether every step succeeded.
    pub succeeded: bool,
    /// Steps that were tried, in order; the last one failed unless all succeeded.
    pub steps: Vec<ConnectionStep>,
    /// The login address the stamp names, when it is not the confirmed one: the credential was not sent (U-10).
    pub login_to_confirm: Option<String>,
}

/// One step of the connection test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionStep {
    /// `name`, `address`, `tls`, `metadata`, `token`, `role` or `usage`.
    pub step: &'static str,
    /// Whether it went well.
    pub succeeded: bool,
    /// What was found, or what to mend.
    pub message: String,
}

/// How far the steps went.
enum Trial {
    Passed(Discovered),
    /// The stamp signs in at an address that nobody confirmed.
    NotConfirmed(Url),
}

/// Tries the stored connection step by step and stores nothing but its result (U-7); a success makes the region ready.
/// The credential goes to the confirmed login host only: another one is shown, and the test ends there (U-10, S-57).
///
/// # Errors
/// [`Error::NotFound`]; 409 `credential_missing` when there is none to try.
pub async fn test_connection(app: &App, actor: &Actor, id: RegionId) -> Result<ConnectionResult, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "region.test_connection").await?;
    let region = tx.regions().find(scope, id).await?.ok_or(Error::NotFound)?;
    let credential = credential(app, &tx, &region).await?;
    drop(tx);
    let credential =
        credential.ok_or_else(|| Error::conflict("credential_missing", "Set a secret or certificate first."))?;
    let (result, found) = match try_steps(app, &region, credential).await {
        Ok(Trial::Passed(found)) => (all_succeeded(&found), Some(found)),
        Ok(Trial::NotConfirmed(login)) => (not_confirmed(&login), None),
        Err(OpenError::Stamp(error)) => (ended_at(error.step(), error.to_string()), None),
        Err(OpenError::App(error)) => return Err(error),
    };
    let tx = app.store().begin().await?;
    if let Some(found) = found
        && !tx.regions().set_ready(id, region.version, &found).await?
    {
        return Err(Error::conflict(
            "connection_changed",
            "The connection was changed during the test. Test it again.",
        ));
    }
    let outcome = serde_json::json!({ "succeeded": result.succeeded });
    audit::record(app, &tx, actor, act("region.test_connection", id, None, Some(outcome))).await?;
    tx.commit().await?;
    Ok(result)
}

async fn try_steps(app: &App, region: &RegionRow, credential: Credential) -> Result<Trial, OpenError> {
    let client = client(app, region, RetryPolicy::once())?;
    let metadata = client.discover().await?;
    let (login, identity_system) = (metadata.login_endpoint.clone(), metadata.identity_system);
    let (confirmed, directory) = (confirmed_login(region), region.connection.directory.clone());
    let session = match client.session(metadata, credential, directory, confirmed.as_ref()) {
        Err(error) if error.kind() == StampErrorKind::LoginNotConfirmed => return Ok(Trial::NotConfirmed(login)),
        other => other?,
    };
    let provider = read_an_hour(app, &session).await?;
    let host = client.endpoint().host_str().unwrap_or_default();
    let (first, rest) = host.split_once('.').unwrap_or((host, ""));
    let tenant_host = (first == "adminmanagement").then(|| format!("https://management.{rest}"));
    let location = (first == "adminmanagement").then(|| rest.split('.').next().unwrap_or_default().to_owned());
    Ok(Trial::Passed(Discovered {
        identity_system: identity_system.code().to_owned(),
        login_endpoint: login.to_string(),
        tenant_endpoint: region.connection.tenant_endpoint.clone().or(tenant_host),
        location,
        provider_subscription_id: provider.to_string(),
    }))
}

/// Signs in, finds the provider subscription and reads one page of an hour of yesterday, which is thrown away.
async fn read_an_hour(app: &App, session: &Session) -> Result<Uuid, StampError> {
    session.sign_in().await?;
    let provider = session.provider_subscription().await?;
    let today = app.clock().now().date_naive().and_time(NaiveTime::MIN).and_utc();
    let start = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let query = UsageQuery {
        start,
        end: start + TimeDelta::hours(1),
        granularity: Granularity::Hourly,
        subscriber: None,
    };
    match session.usage_pages(provider, &query, None)?.next_page().await {
        Err(error) if !error.is_not_yet() => Err(error),
        _ => Ok(provider),
    }
}

const STEPS: [(Step, &str); 7] = [
    (Step::Name, "The name was resolved."),
    (Step::Address, "The address answers."),
    (Step::Tls, "The certificate is trusted."),
    (
        Step::Metadata,
        "The address is a management endpoint of Azure Stack Hub.",
    ),
    (Step::Token, "Signed in."),
    (Step::Role, "The provider subscription is visible."),
    (Step::Usage, "The usage service answers."),
];

fn all_succeeded(found: &Discovered) -> ConnectionResult {
    let message = |step: Step, message: &str| match step {
        Step::Token => format!("Signed in at {}.", found.login_endpoint),
        _ => message.to_owned(),
    };
    let steps = STEPS.iter().map(|&(step, text)| succeeded(step, message(step, text)));
    ConnectionResult {
        succeeded: true,
        steps: steps.collect(),
        login_to_confirm: None,
    }
}

fn not_confirmed(login: &Url) -> ConnectionResult {
    let message = format!("The stamp signs in at {login}. Confirm this address before the credential is sent there.");
    ConnectionResult {
        login_to_confirm: Some(login.to_string()),
        ..ended_at(Step::Token, message)
    }
}

fn ended_at(failed: Step, message: String) -> ConnectionResult {
    let before = STEPS.iter().take_while(|(step, _)| *step != failed);
    let mut steps: Vec<ConnectionStep> = before.map(|&(step, text)| succeeded(step, text.to_owned())).collect();
    steps.push(ConnectionStep {
        step: failed.code(),
        succeeded: false,
        message,
    });
    ConnectionResult {
        succeeded: false,
        steps,
        login_to_confirm: None,
    }
}

fn succeeded(step: Step, message: String) -> ConnectionStep {
    ConnectionStep {
        step: step.code(),
        succeeded: true,
        message,
    }
}
