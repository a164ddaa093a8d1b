//! The guarded client: the only way to the outside (S-70).
//!
//! Every call goes to a checked address (S-71, S-72), follows no redirect, keeps no cookie, asks no proxy of the
//! environment, is bounded in time and size (S-73), and fails with a class instead of foreign text (S-75).

mod address;
mod classify;
mod client;
mod error;
mod mail;
mod pause;
mod request;
mod resolve;
mod response;
mod secret;
mod tls;

pub use address::{EgressPolicy, is_forbidden, is_link_local};
pub use client::{GuardedClient, Timeouts};
pub use error::{Broken, OutboundError, TlsFault, UrlFault};
pub use ipnet::IpNet;
pub use mail::{Mail, MailEncryption, MailError, MailServer};
pub use pause::{Pause, Sleeper, TokioSleeper};
pub use request::Request;
pub use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
pub use reqwest::{Method, StatusCode, Url};
pub use resolve::{HostNames, LookupFuture, NameLookup};
pub use response::Response;
pub use secret::Secret;
pub use tls::certificates_in;
