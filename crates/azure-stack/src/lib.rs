//! Typed client of one Azure Stack Hub stamp: metadata, tokens, usage, subscriptions.
//!
//! A [`StampClient`] knows the operator's management endpoint of one region. [`StampClient::discover`] reads what the
//! stamp says about itself, [`StampClient::session`] makes a [`Session`] that signs in when it needs to, renews its
//! token and repeats what is worth repeating. [`Session::usage_pages`] reads one reported window page by page.
//! [`parse_usage_document`] reads the same rows from a file. Foreign text never appears in an error (S-75).

mod assertion;
mod call;
mod client;
mod credential;
mod document;
mod error;
mod instance_data;
mod metadata;
mod page;
mod retry;
mod row;
mod scan;
mod session;
mod subscriptions;
mod token;
mod usage;

pub use client::{Clock, StampClient, Tools};
pub use credential::Credential;
pub use document::{DocumentFault, DocumentRow, UsageDocument, parse_usage_document};
pub use error::{SourceCode, StampError, StampErrorKind, Step};
pub use instance_data::InstanceData;
pub use metadata::{IdentitySystem, Metadata};
pub use page::{PageFault, ParsedPage, parse_page};
pub use retry::RetryPolicy;
pub use row::{MalformedRow, SoundRow, UsageRow};
pub use session::Session;
pub use subscriptions::StampSubscription;
pub use usage::{Granularity, UsagePage, UsagePages, UsageQuery};
