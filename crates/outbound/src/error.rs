//! Why a call failed: classes, never foreign text (S-75).

/// What is wrong with an address that was to be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    /// Neither https nor http.
    #[error("only https can be called")]
    Scheme,
    /// A name or password inside the address.
    #[error("the address must not hold a user name or password")]
    UserInfo,
    /// No host.
    #[error("the address names no host")]
    Host,
    /// A header or form value that cannot be sent.
    #[error("the request cannot be written")]
    Unwritable,
}

/// What is wrong with the other side's certificate or its TLS (F-22).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsFault {
    /// The certificate is past its last day.
    #[error("the certificate has expired")]
    Expired,
    /// The certificate's first day lies ahead.
    #[error("the certificate is not valid yet")]
    NotYetValid,
    /// Issued by an authority that is not trusted.
    #[error("the certificate comes from an authority that is not trusted; add its root certificate")]
    UnknownIssuer,
    /// The certificate is for another name.
    #[error("the certificate is for another name")]
    WrongName,
    /// Revoked, damaged or made for another purpose.
    #[error("the certificate cannot be accepted")]
    Unacceptable,
    /// The other side does not speak TLS 1.2 or newer.
    #[error("no TLS connection could be agreed")]
    Handshake,
}

/// How an answer broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The connection ended before an answer began.
    #[error("the connection was lost before an answer came")]
    NoAnswer,
    /// The connection ended inside the body, its length did not match, or it does not unpack (F-07, F-08, F-10).
    #[error("the answer was cut off or damaged")]
    Body,
    /// The answer is no HTTP.
    #[error("the answer is no HTTP")]
    Protocol,
    /// The body is not the JSON that was expected.
    #[error("the answer is not the expected JSON")]
    Json,
}

/// Why a call to the outside failed. Texts are our own; nothing of the other side's appears in them (S-75).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The address cannot be called.
    #[error("{0}")]
    Url(UrlFault),
    /// The name has no address.
    #[error("the name cannot be resolved")]
    NameNotResolved,
    /// An address of the name lies in a forbidden range (S-72).
    #[error("the address lies in a network that may not be called; `egress.allow_cidrs` lists the exceptions")]
    AddressForbidden,
    /// Plain http to an address that is not listed, or a secret over it to another host than this one (S-72).
    #[error("plain http is allowed only to listed networks, and with a secret only to this machine")]
    PlainHttpRefused,
    /// Nothing listens there, or there is no way to it.
    #[error("cannot connect: the connection was refused")]
    ConnectRefused,
    /// No connection within the limit (S-73).
    #[error("cannot connect: no connection in time")]
    ConnectTimedOut,
    /// The TLS connection was refused by this side.
    #[error("TLS: {0}")]
    Tls(TlsFault),
    /// No answer began within the limit (F-04).
    #[error("no answer in time")]
    FirstByteTimedOut,
    /// The body stalled (F-05).
    #[error("the answer stalled")]
    IdleTimedOut,
    /// The whole call took too long (F-06).
    #[error("the call took too long")]
    CallTimedOut,
    /// The body is larger than the call's limit, after unpacking (S-73).
    #[error("the answer is too large")]
    BodyTooLarge,
    /// The answer broke.
    #[error("{0}")]
    Broken(Broken),
    /// The answer points elsewhere; redirects are never followed (F-21).
    #[error("the answer is a redirect, which is never followed")]
    RedirectRefused,
    /// The egress list names link-local addresses (S-72).
    #[error("link-local networks cannot be listed")]
    LinkLocalListed,
    /// A root certificate cannot be read.
    #[error("the root certificate is not a PEM certificate")]
    RootInvalid,
    /// The client could not be built.
    #[error("the HTTP client could not be set up")]
    Setup,
}

impl OutboundError {
    /// The class as a stable word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Url(_) => "address_invalid",
            Self::NameNotResolved => "name_not_resolved",
            Self::AddressForbidden => "address_forbidden",
            Self::PlainHttpRefused => "plain_http_refused",
            Self::ConnectRefused => "connect_refused",
            Self::ConnectTimedOut => "connect_timed_out",
            Self::Tls(TlsFault::Expired) => "tls_expired",
            Self::Tls(TlsFault::NotYetValid) => "tls_not_yet_valid",
            Self::Tls(TlsFault::UnknownIssuer) => "tls_unknown_issuer",
            Self::Tls(TlsFault::WrongName) => "tls_wrong_name",
            Self::Tls(TlsFault::Unacceptable) => "tls_unacceptable",
            Self::Tls(TlsFault::Handshake) => "tls_handshake",
            Self::FirstByteTimedOut => "first_byte_timed_out",
            Self::IdleTimedOut => "idle_timed_out",
            Self::CallTimedOut => "call_timed_out",
            Self::BodyTooLarge => "body_too_large",
            Self::Broken(_) => "body_broken",
            Self::RedirectRefused => "redirect_refused",
            Self::LinkLocalListed => "link_local_listed",
            Self::RootInvalid => "root_certificate_invalid",
            Self::Setup => "client_setup",
        }
    }

    /// Whether trying again may help: timeouts, resets, broken bodies and refused connections.
    pub const fn is_transient(self) -> bool {
        matches!(
            self,
            Self::ConnectRefused
                | Self::ConnectTimedOut
                | Self::FirstByteTimedOut
                | Self::IdleTimedOut
                | Self::CallTimedOut
                | Self::Broken(_)
        )
    }
}
