//! Identities: one newtype for each aggregate, so that ids cannot be mixed up (G-2).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is not a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id")]
pub struct IdInvalid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Gives a UUID its meaning.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The bare UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdInvalid;

            fn from_str(text: &str) -> Result<Self, IdInvalid> {
                Uuid::parse_str(text).map(Self).map_err(|_| IdInvalid)
            }
        }
    )+};
}

ids! {
    /// A distributor.
    DistributorId,
    /// A partner.
    PartnerId,
    /// A tenant.
    TenantId,
    /// A subscription registered here.
    SubscriptionId,
    /// A subscription as the stamp knows it.
    PlatformSubscriptionId,
    /// A region.
    RegionId,
    /// A user.
    UserId,
    /// A service account.
    ServiceAccountId,
    /// An identity provider.
    IdentityProviderId,
    /// A linked identity.
    IdentityId,
    /// A price list.
    PriceListId,
    /// A version of a price list.
    PriceListVersionId,
    /// An item of a price list version.
    PricingItemId,
    /// An invoice or credit note.
    InvoiceId,
    /// A line of a document.
    InvoiceLineId,
    /// A job.
    JobId,
}
