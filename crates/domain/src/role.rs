//! Roles, levels and anchors (PM-1 to PM-3).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{DistributorId, PartnerId, TenantId};

/// One of the eight roles (PM-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation.
    PlatformAdministrator,
    /// Acts for one distributor and everything below it.
    DistributorAdministrator,
    /// Acts for one partner and its tenants.
    PartnerAdministrator,
    /// Acts for one tenant.
    TenantAdministrator,
    /// Sees what the platform administrator sees.
    PlatformReader,
    /// Sees what the distributor administrator sees.
    DistributorReader,
    /// Sees what the partner administrator sees.
    PartnerReader,
    /// Sees what the tenant administrator sees.
    TenantReader,
}

/// Height in the tree: platform 4 down to tenant 1 (PM-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A tenant.
    Tenant,
    /// A partner.
    Partner,
    /// A distributor.
    Distributor,
    /// The platform.
    Platform,
}

/// The text names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a role")]
pub struct RoleUnknown;

impl Role {
    /// All roles in the order of the columns of `permissions.csv`.
    pub const ALL: [Self; 8] = [
        Self::PlatformAdministrator,
        Self::DistributorAdministrator,
        Self::PartnerAdministrator,
        Self::TenantAdministrator,
        Self::PlatformReader,
        Self::DistributorReader,
        Self::PartnerReader,
        Self::TenantReader,
    ];

    /// The identifier used in JSON, SQL and CSV.
    pub const fn identifier(self) -> &'static str {
        match self {
            Self::PlatformAdministrator => "platform_administrator",
            Self::DistributorAdministrator => "distributor_administrator",
            Self::PartnerAdministrator => "partner_administrator",
            Self::TenantAdministrator => "tenant_administrator",
            Self::PlatformReader => "platform_reader",
            Self::DistributorReader => "distributor_reader",
            Self::PartnerReader => "partner_reader",
            Self::TenantReader => "tenant_reader",
        }
    }

    /// The level of the role's anchor.
    pub const fn level(self) -> Level {
        match self {
            Self::PlatformAdministrator | Self::PlatformReader => Level::Platform,
            Self::DistributorAdministrator | Self::DistributorReader => Level::Distributor,
            Self::PartnerAdministrator | Self::PartnerReader => Level::Partner,
            Self::TenantAdministrator | Self::TenantReader => Level::Tenant,
        }
    }

    /// Whether the role acts; readers only see (PM-1).
    pub const fn is_administrator(self) -> bool {
        matches!(
            self,
            Self::PlatformAdministrator
                | Self::DistributorAdministrator
                | Self::PartnerAdministrator
                | Self::TenantAdministrator
        )
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.identifier())
    }
}

impl FromStr for Role {
    type Err = RoleUnknown;

    fn from_str(text: &str) -> Result<Self, RoleUnknown> {
        Self::ALL
            .into_iter()
            .find(|role| role.identifier() == text)
            .ok_or(RoleUnknown)
    }
}

/// The entity, or the platform, a role is held on (PM-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// The platform.
    Platform,
    /// One distributor.
    Distributor(DistributorId),
    /// One partner.
    Partner(PartnerId),
    /// One tenant.
    Tenant(TenantId),
}

impl Anchor {
    /// The anchor of a role: the platform, or the entity of the role's level. `None` when an id is missing or given in
    /// excess.
    pub fn of(role: Role, id: Option<Uuid>) -> Option<Self> {
        match (role.level(), id) {
            (Level::Platform, None) => Some(Self::Platform),
            (Level::Distributor, Some(id)) => Some(Self::Distributor(id.into())),
            (Level::Partner, Some(id)) => Some(Self::Partner(id.into())),
            (Level::Tenant, Some(id)) => Some(Self::Tenant(id.into())),
            _ => None,
        }
    }

    /// The id of the entity; none for the platform.
    pub fn id(self) -> Option<Uuid> {
        match self {
            Self::Platform => None,
            Self::Distributor(id) => Some(id.uuid()),
            Self::Partner(id) => Some(id.uuid()),
            Self::Tenant(id) => Some(id.uuid()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_fits_its_role_or_does_not_exist() {
        let id = Uuid::from_u128(7);
        assert_eq!(Anchor::of(Role::PlatformReader, None), Some(Anchor::Platform));
        assert_eq!(
            Anchor::of(Role::PartnerAdministrator, Some(id)),
            Some(Anchor::Partner(id.into()))
        );
        assert_eq!(Anchor::of(Role::PlatformAdministrator, Some(id)), None);
        assert_eq!(Anchor::of(Role::TenantReader, None), None);
    }

    #[test]
    fn every_identifier_reads_back_as_its_role() {
        for role in Role::ALL {
            assert_eq!(role.identifier().parse(), Ok(role));
        }
        assert_eq!("root".parse::<Role>(), Err(RoleUnknown));
    }
}
