//! Why talking to a stamp failed: the step, a class and what to mend (S-75, U-7, U-26).

use std::fmt;

use outbound::OutboundError;

/// The part of the connection that failed, in the order of the connection test (U-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Resolving the name.
    Name,
    /// Reaching the address.
    Address,
    /// The TLS connection.
    Tls,
    /// The stamp's description of itself.
    Metadata,
    /// Signing in.
    Token,
    /// The role on the provider subscription.
    Role,
    /// The usage service.
    Usage,
    /// The list of subscriptions.
    Subscriptions,
}

impl Step {
    /// The step as a stable word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::Tls => "tls",
            Self::Metadata => "metadata",
            Self::Token => "token",
            Self::Role => "role",
            Self::Usage => "usage",
            Self::Subscriptions => "subscriptions",
        }
    }
}

/// The source's own error code: letters, digits, `_`, `-` and `.`, at most 64. Nothing else of an answer is kept (S-75).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SourceCode(String);

impl SourceCode {
    /// Takes a code that looks like one.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let looks_like_one = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        looks_like_one.then(|| Self(text.to_owned()))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampErrorKind {
    /// The call itself failed.
    #[error("{0}")]
    Outbound(OutboundError),
    /// The address answers, but not like a stamp's management endpoint.
    #[error("this is not a management endpoint of Azure Stack Hub; check the endpoint of the region")]
    NotManagementEndpoint,
    /// The metadata names a login host that nobody confirmed (S-57).
    #[error("the stamp names a login host that is not the confirmed one; test the connection and confirm it there")]
    LoginNotConfirmed,
    /// No directory is set for a stamp that signs in with Entra ID.
    #[error("the directory of the service principal is missing")]
    DirectoryMissing,
    /// The directory does not exist.
    #[error("the directory is not known to the login host; check the directory of the region")]
    DirectoryNotFound,
    /// Secret or certificate wrong.
    #[error("the login host refuses the credentials; check client id and secret or certificate")]
    CredentialsRefused,
    /// The secret has expired.
    #[error("the client secret has expired; set a new one")]
    CredentialExpired,
    /// The certificate or its key cannot be read.
    #[error("the certificate with its RSA key cannot be read; set it again as PEM")]
    CertificateInvalid,
    /// The application is not in the directory.
    #[error("the application is not known in the directory; check client id and directory")]
    ApplicationUnknown,
    /// The stamp is not known in the directory.
    #[error("the stamp is not known in the directory; check the directory, or register the stamp there")]
    ResourceUnknown,
    /// The login host refuses for another reason.
    #[error("the login host refuses to sign in")]
    SignInRefused,
    /// The login host answers something else than a token.
    #[error("the login host does not answer with a token; check the login endpoint")]
    NotTokenService,
    /// A fresh token is refused by the stamp.
    #[error("the stamp refuses the token; check that the endpoint belongs to the stamp that was tested")]
    TokenRefused,
    /// No provider subscription is visible.
    #[error("the provider subscription is not visible; give the service principal the role Reader on it")]
    ProviderSubscriptionMissing,
    /// The role is missing (F-20).
    #[error("the service principal lacks the role Reader on the provider subscription")]
    RoleMissing,
    /// The provider subscription is not known.
    #[error("the provider subscription is not known to the stamp")]
    SubscriptionUnknown,
    /// The answer is no page of usage (F-11).
    #[error("the answer does not come from the usage service; check the endpoint and what stands before it")]
    NotUsageService,
    /// The usage of the window is not ready (U-26).
    #[error("the usage of this window is not complete yet")]
    NotYet,
    /// The window asked for is not complete, reversed or not on full hours (F-28).
    #[error("the window is not made of complete hours or days in the past")]
    WindowInvalid,
    /// The subscriber belongs to another provider.
    #[error("the subscriber is not a direct subscriber of this provider")]
    SubscriberNotDirect,
    /// The usage database is too slow: a narrower window may work (F-02).
    #[error("the usage service did not answer in time; a narrower window may work")]
    UsageTimedOut,
    /// Busy or failing after all tries.
    #[error("the service is busy or failing; it was tried again without success")]
    Unavailable,
    /// The page stayed broken (F-09).
    #[error("the page of usage arrives broken")]
    PageBroken,
    /// The next link leads elsewhere (S-74, F-21).
    #[error("the stamp's next link leads to another host and is not followed")]
    NextLinkForeign,
    /// The continuation runs in a circle (F-14).
    #[error("the pages run in a circle")]
    ContinuationLoop,
    /// The run made more calls than its pages justify.
    #[error("the run made too many calls for its pages")]
    TooManyCalls,
    /// A listing is larger than what is read.
    #[error("the list is too long")]
    TooManyPages,
    /// The stamp refuses the call.
    #[error("the stamp refuses the call")]
    Refused,
}

/// A failure with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StampError {
    kind: StampErrorKind,
    step: Step,
    status: Option<u16>,
    source_code: Option<SourceCode>,
    page: Option<u32>,
}

impl StampError {
    /// A failure of a step.
    pub(crate) const fn new(kind: StampErrorKind, step: Step) -> Self {
        Self {
            kind,
            step,
            status: None,
            source_code: None,
            page: None,
        }
    }

    /// A failed call of a step: name, address and TLS are steps of their own, except while signing in, where they
    /// concern the login host.
    pub(crate) const fn outbound(error: OutboundError, step: Step) -> Self {
        let step = match (error, step) {
            (_, Step::Token) => Step::Token,
            (OutboundError::NameNotResolved, _) => Step::Name,
            (OutboundError::Tls(_) | OutboundError::RootInvalid, _) => Step::Tls,
            (
                OutboundError::Url(_)
                | OutboundError::AddressForbidden
                | OutboundError::PlainHttpRefused
                | OutboundError::ConnectRefused
                | OutboundError::ConnectTimedOut
                | OutboundError::LinkLocalListed
                | OutboundError::Setup,
                _,
            ) => Step::Address,
            _ => step,
        };
        Self::new(StampErrorKind::Outbound(error), step)
    }

    pub(crate) fn with_answer(mut self, status: u16, code: Option<SourceCode>) -> Self {
        self.status = Some(status);
        self.source_code = code;
        self
    }

    pub(crate) const fn on_page(mut self, page: u32) -> Self {
        self.page = Some(page);
        self
    }

    /// What failed.
    pub const fn kind(&self) -> StampErrorKind {
        self.kind
    }

    /// Where it failed.
    pub const fn step(&self) -> Step {
        self.step
    }

    /// HTTP status of the answer, where there was one.
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// The source's own code, where it gave one (U-26).
    pub const fn source_code(&self) -> Option<&SourceCode> {
        self.source_code.as_ref()
    }

    /// Number of the page within its window, from 1.
    pub const fn page(&self) -> Option<u32> {
        self.page
    }

    /// The class as a stable word.
    pub const fn code(&self) -> &'static str {
        match self.kind {
            StampErrorKind::Outbound(error) => error.code(),
            StampErrorKind::NotManagementEndpoint => "not_management_endpoint",
            StampErrorKind::LoginNotConfirmed => "login_not_confirmed",
            StampErrorKind::DirectoryMissing => "directory_missing",
            StampErrorKind::DirectoryNotFound => "directory_not_found",
            StampErrorKind::CredentialsRefused => "credentials_refused",
            StampErrorKind::CredentialExpired => "credential_expired",
            StampErrorKind::CertificateInvalid => "certificate_invalid",
            StampErrorKind::ApplicationUnknown => "application_unknown",
            StampErrorKind::ResourceUnknown => "resource_unknown",
            StampErrorKind::SignInRefused => "sign_in_refused",
            StampErrorKind::NotTokenService => "not_token_service",
            StampErrorKind::TokenRefused => "token_refused",
            StampErrorKind::ProviderSubscriptionMissing => "provider_subscription_missing",
            StampErrorKind::RoleMissing => "role_missing",
            StampErrorKind::SubscriptionUnknown => "subscription_unknown",
            StampErrorKind::NotUsageService => "not_usage_service",
            StampErrorKind::NotYet => "not_yet",
            StampErrorKind::WindowInvalid => "window_invalid",
            StampErrorKind::SubscriberNotDirect => "subscriber_not_direct",
            StampErrorKind::UsageTimedOut => "usage_timed_out",
            StampErrorKind::Unavailable => "unavailable",
            StampErrorKind::PageBroken => "page_broken",
            StampErrorKind::NextLinkForeign => "next_link_foreign",
            StampErrorKind::ContinuationLoop => "continuation_loop",
            StampErrorKind::TooManyCalls => "too_many_calls",
            StampErrorKind::TooManyPages => "too_many_pages",
            StampErrorKind::Refused => "refused",
        }
    }

    /// Whether a later run may succeed without anybody mending anything.
    pub const fn is_transient(&self) -> bool {
        match self.kind {
            StampErrorKind::Outbound(error) => error.is_transient(),
            StampErrorKind::NotYet
            | StampErrorKind::UsageTimedOut
            | StampErrorKind::Unavailable
            | StampErrorKind::PageBroken => true,
            _ => false,
        }
    }

    /// Whether the window is only not ready: it stays unread and is tried again (U-26).
    pub const fn is_not_yet(&self) -> bool {
        matches!(self.kind, StampErrorKind::NotYet)
    }

    /// Whether a narrower window, or one subscriber at a time, is worth trying (F-02).
    pub const fn asks_for_narrower_window(&self) -> bool {
        matches!(self.kind, StampErrorKind::UsageTimedOut)
    }
}

impl fmt::Display for StampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step.code(), self.kind)?;
        if let Some(page) = self.page {
            write!(f, " (page {page})")?;
        }
        match (&self.source_code, self.status) {
            (Some(code), Some(status)) => write!(f, " [{status} {code}]"),
            (None, Some(status)) => write!(f, " [{status}]"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for StampError {}

#[cfg(test)]
mod tests {
    use outbound::{OutboundError, TlsFault};

    use super::{SourceCode, StampError, StampErrorKind, Step};

    #[test]
    fn only_what_looks_like_a_code_is_kept_of_an_answer_s_75() {
        assert_eq!(SourceCode::new("GatewayTimeout").unwrap().as_str(), "GatewayTimeout");
        for text in ["", "two words", "<b>", "a\nb", &"x".repeat(65), "ü"] {
            assert!(SourceCode::new(text).is_none(), "{text}");
        }
    }

    #[test]
    fn faults_of_a_call_name_their_own_step_except_at_the_login_host() {
        let tls = OutboundError::Tls(TlsFault::Expired);
        assert_eq!(StampError::outbound(tls, Step::Usage).step(), Step::Tls);
        assert_eq!(StampError::outbound(tls, Step::Token).step(), Step::Token);
        assert_eq!(
            StampError::outbound(OutboundError::NameNotResolved, Step::Metadata).step(),
            Step::Name
        );
        assert_eq!(
            StampError::outbound(OutboundError::IdleTimedOut, Step::Usage).step(),
            Step::Usage
        );
        assert_eq!(
            StampError::outbound(OutboundError::ConnectRefused, Step::Usage).step(),
            Step::Address
        );
    }

    #[test]
    fn an_error_tells_step_sentence_page_and_source_code() {
        let error = StampError::new(StampErrorKind::RoleMissing, Step::Role)
            .with_answer(403, SourceCode::new("AuthorizationFailed"))
            .on_page(7);
        assert_eq!(
            error.to_string(),
            "role: the service principal lacks the role Reader on the provider subscription (page 7) [403 AuthorizationFailed]"
        );
    }
}
