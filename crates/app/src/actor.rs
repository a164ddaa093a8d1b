//! Who acts: what a request has proved before a use case is called (S-13).

use chrono::{DateTime, Utc};
use domain::ids::{ServiceAccountId, UserId};
use domain::role::{Anchor, Role};
use domain::scope::Scope;
pub use persistence::idempotency::RequestKey;
use uuid::Uuid;

/// How the actor proved who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// A session of the web app.
    Session,
    /// An access token of a service account.
    AccessToken,
    /// A key of a service account, while it is exchanged.
    ApiKey,
    /// The console of the host.
    Console,
}

impl CredentialKind {
    /// The identifier stored in audit entries.
    pub const fn identifier(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::AccessToken => "access_token",
            Self::ApiKey => "api_key",
            Self::Console => "console",
        }
    }
}

/// An active account with its role and anchor as they are now.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The user; none for service accounts, the console and jobs.
    pub user_id: Option<UserId>,
    /// The service account; none for everybody else.
    pub service_account_id: Option<ServiceAccountId>,
    /// Role.
    pub role: Role,
    /// Entity the role is held on.
    pub anchor: Anchor,
    /// Kind of credential.
    pub credential: CredentialKind,
    /// When identity was proved last in this session (PM-20).
    pub proven_at: Option<DateTime<Utc>>,
    /// Request the act belongs to.
    pub request_id: String,
    /// Address the request came from.
    pub source_address: Option<String>,
    /// Key of a repeatable request; noted with the first audit entry of its effect.
    pub idempotency: Option<RequestKey>,
}

impl Actor {
    /// The host's console: may do what the platform administrator may, without step-up.
    pub fn console() -> Self {
        Self {
            user_id: None,
            service_account_id: None,
            role: Role::PlatformAdministrator,
            anchor: Anchor::Platform,
            credential: CredentialKind::Console,
            proven_at: None,
            request_id: "console".to_owned(),
            source_address: None,
            idempotency: None,
        }
    }

    /// The actor without a key for repeating: requests and answers with secrets are never kept.
    pub fn unkept(&self) -> Self {
        Self {
            idempotency: None,
            ..self.clone()
        }
    }

    /// Id of the user or service account; none for the console and for jobs.
    pub fn id(&self) -> Option<Uuid> {
        let service_account = || self.service_account_id.map(ServiceAccountId::uuid);
        self.user_id.map(UserId::uuid).or_else(service_account)
    }

    /// The actor's branch.
    pub const fn scope(&self) -> Scope {
        Scope::of(self.anchor)
    }
}
